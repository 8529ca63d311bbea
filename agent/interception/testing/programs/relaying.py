"""Passes on what comes to its transparent listener to where it was meant for, with the address of the
client: python3 relaying.py PORT UID MARK. Says "ready"; ends with its stdin, and says how many
connections it has passed on.

As a proxy that uses original_src: both sockets are transparent, the one to the app has the mark."""

import os
import selectors
import socket
import sys

IP_TRANSPARENT = 19
IPV6_TRANSPARENT = 75
PORT, UID, MARK = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3], 0)
CHUNK = 65536
passed_on = 0
selector = selectors.DefaultSelector()
os.setgroups([])
os.setegid(UID)


def transparent(family):
    # A socket belongs to the user who made it; the option needs a capability, which root has.
    os.seteuid(UID)
    try:
        made = socket.socket(family, socket.SOCK_STREAM)
    finally:
        os.seteuid(0)
    if family == socket.AF_INET:
        made.setsockopt(socket.SOL_IP, IP_TRANSPARENT, 1)
    else:
        made.setsockopt(socket.IPPROTO_IPV6, IPV6_TRANSPARENT, 1)
    return made


class End:
    """One side of a connection that is passed on."""

    def __init__(self, connection):
        self.connection = connection
        self.connection.setblocking(False)
        self.other = None
        self.out = bytearray()
        self.finished = False

    def watch(self):
        events = 0
        if not self.finished and len(self.other.out) < CHUNK:
            events |= selectors.EVENT_READ
        if self.out:
            events |= selectors.EVENT_WRITE
        try:
            registered = selector.get_key(self.connection)
        except KeyError:
            registered = None
        if events == 0:
            if registered:
                selector.unregister(self.connection)
        elif registered is None:
            selector.register(self.connection, events, self)
        elif registered.events != events:
            selector.modify(self.connection, events, self)

    def ready(self, events):
        if events & selectors.EVENT_READ:
            data = self.connection.recv(CHUNK)
            if data:
                self.other.out += data
            else:
                self.finished = True
        if events & selectors.EVENT_WRITE:
            del self.out[: self.connection.send(self.out)]
        for end in (self, self.other):
            if end.other.finished and not end.out:
                end.connection.shutdown(socket.SHUT_WR)
            end.watch()


def close(end):
    for one in (end, end.other):
        try:
            selector.unregister(one.connection)
        except (KeyError, ValueError):
            pass
        one.connection.close()


def accept(listener):
    global passed_on
    try:
        client, peer = listener.accept()
    except OSError:
        return
    app = transparent(client.family)
    app.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, MARK)
    app.setsockopt(socket.SOL_IP, socket.IP_BIND_ADDRESS_NO_PORT, 1)
    for one in (client, app):
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    app.settimeout(2)
    try:
        app.bind((peer[0], 0))
        app.connect(client.getsockname()[:2])
    except OSError:
        client.close()
        app.close()
        return
    near, far = End(client), End(app)
    near.other, far.other = far, near
    near.watch()
    far.watch()
    passed_on += 1


for family, host in ((socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::")):
    listening = transparent(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == socket.AF_INET6:
        listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    listening.bind((host, PORT))
    listening.listen(512)
    listening.setblocking(False)
    selector.register(listening, selectors.EVENT_READ, None)
selector.register(sys.stdin, selectors.EVENT_READ, None)
os.write(1, b"ready\n")
while True:
    for key, events in selector.select():
        end = key.data
        if key.fileobj is sys.stdin:
            print(passed_on)
            sys.exit()
        if end is None:
            accept(key.fileobj)
            continue
        try:
            end.ready(events)
        except OSError:
            close(end)
        else:
            if end.finished and end.other.finished and not end.out and not end.other.out:
                close(end)
