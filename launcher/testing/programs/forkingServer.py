# A master whose workers accept and give back what comes, as nginx has them. SIGTERM to the master:
# the workers end at once, whatever is open, then the master.
#   python3 forkingServer.py WORKERS HOST PORT
import ctypes
import os
import selectors
import signal
import socket
import sys


PR_SET_PDEATHSIG = 1  # no worker outlives a test that kills the master


def work(listener):
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    listener.setblocking(False)
    selector = selectors.DefaultSelector()
    selector.register(listener, selectors.EVENT_READ)
    while True:
        for key, _ in selector.select():
            try:
                if key.fileobj is listener:
                    selector.register(listener.accept()[0], selectors.EVENT_READ)
                    continue
                data = key.fileobj.recv(4096)
                if data:
                    key.fileobj.sendall(data)
                    continue
            except BlockingIOError:  # another worker took it
                continue
            except OSError:
                pass
            selector.unregister(key.fileobj)
            key.fileobj.close()


listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind((sys.argv[2], int(sys.argv[3])))
listener.listen(1024)
workers = []
for _ in range(int(sys.argv[1])):
    pid = os.fork()
    if pid == 0:
        work(listener)
    workers.append(pid)


def end(*_):
    for worker in workers:
        os.kill(worker, signal.SIGTERM)


signal.signal(signal.SIGTERM, end)
for worker in workers:
    os.waitpid(worker, 0)
