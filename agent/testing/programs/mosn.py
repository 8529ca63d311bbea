"""A stand-in for MOSN in tests: what of its smooth upgrade the old process does.

`mosn.py DIRECTORY PORT VERSION` answers HTTP/1.1 on PORT, and never ends a connection by itself, as
MOSN does not. In DIRECTORY it is asked to leave: it writes one byte to whoever connects to
reconfig.sock, connects to listen.sock, sends one byte and its listener, waits for one byte, answers
with one, stops accepting 3 s later, and ends when its grace time is over, whatever it has.
"""

import array
import os
import socket
import sys
import threading
import time

ACCEPTS_SECONDS = 3
GRACE_SECONDS = 60
TRIES = 10

directory = sys.argv[1].replace("INSTANCE", os.environ.get("BATON_INSTANCE", ""))
port = int(sys.argv[2])
version = sys.argv[3]


def serve(connection):
    with connection:
        while True:
            request = b""
            while not request.endswith(b"\r\n\r\n"):
                received = connection.recv(4096)
                if not received:
                    return
                request += received
            head = "HTTP/1.1 200 OK\r\nx-version: %s\r\ncontent-length: 3\r\n\r\nok\n"
            connection.sendall((head % version).encode())


def accept(listener):
    while True:
        try:
            connection, _ = listener.accept()
        except BlockingIOError:
            time.sleep(0.01)
            continue
        except OSError:
            return
        connection.setblocking(True)
        threading.Thread(target=serve, args=(connection,), daemon=True).start()


def connect_to_new():
    for _ in range(TRIES):
        peer = socket.socket(socket.AF_UNIX)
        try:
            peer.connect(os.path.join(directory, "listen.sock"))
            return peer
        except OSError:
            peer.close()
            time.sleep(1)
    return None


def leave(listener):
    """Whether the new process has taken over."""
    peer = connect_to_new()
    if peer is None:
        return False
    with peer:
        descriptors = array.array("i", [listener.fileno()])
        peer.sendmsg([b"\0"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, descriptors)])
        if len(peer.recv(1)) != 1:
            return False
        peer.sendall(b"\0")
    return True


def main():
    os.makedirs(directory, exist_ok=True)
    path = os.path.join(directory, "reconfig.sock")
    if os.path.exists(path):
        os.unlink(path)
    asked = socket.socket(socket.AF_UNIX)
    asked.bind(path)
    asked.listen()
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("0.0.0.0", port))
    listener.listen(128)
    threading.Thread(target=accept, args=(listener,), daemon=True).start()
    while True:
        asking, _ = asked.accept()
        with asking:
            try:
                asking.sendall(b"\0")
            except OSError:
                continue
        if leave(listener):
            break
    time.sleep(ACCEPTS_SECONDS)
    listener.close()
    time.sleep(GRACE_SECONDS)
    os._exit(0)


main()
