"""Listens as the JSON in argv[1] says and tells each client, for each of its lines, who answers.

[{"name": "proxy", "uid": 1337, "port": 15001, "udp": false, "loopback": false,
"transparent": false}]: on all addresses of both families, or the loopback ones. An answer: NAME ORIGINAL_DESTINATION PEER."""

import json
import os
import selectors
import socket
import struct
import sys

SO_ORIGINAL_DST = 80
IP_TRANSPARENT = 19
IPV6_TRANSPARENT = 75


def original(connection):
    if connection.family == socket.AF_INET:
        try:
            raw = connection.getsockopt(socket.SOL_IP, SO_ORIGINAL_DST, 16)
        except OSError:
            return "%s:%d" % connection.getsockname()[:2]
        port, address = struct.unpack("!2xH4s8x", raw)
        return "%s:%d" % (socket.inet_ntop(socket.AF_INET, address), port)
    try:
        raw = connection.getsockopt(socket.IPPROTO_IPV6, SO_ORIGINAL_DST, 28)
    except OSError:
        return "[%s]:%d" % connection.getsockname()[:2]
    port, address = struct.unpack("!2xH4x16s4x", raw)
    return "[%s]:%d" % (socket.inet_ntop(socket.AF_INET6, address), port)


def listeners(wanted):
    for family, host in ((socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::")):
        kind = socket.SOCK_DGRAM if wanted.get("udp") else socket.SOCK_STREAM
        listener = socket.socket(family, kind)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        if wanted.get("transparent"):
            if family == socket.AF_INET:
                listener.setsockopt(socket.SOL_IP, IP_TRANSPARENT, 1)
            else:
                listener.setsockopt(socket.IPPROTO_IPV6, IPV6_TRANSPARENT, 1)
        if wanted.get("loopback"):
            host = "127.0.0.1" if family == socket.AF_INET else "::1"
        listener.bind((host, wanted["port"]))
        if kind == socket.SOCK_STREAM:
            listener.listen(512)
        listener.setblocking(False)
        yield listener


def serve(group):
    selector = selectors.DefaultSelector()

    def listen(transparent):
        for wanted in group:
            if wanted.get("transparent", False) != transparent:
                continue
            for listener in listeners(wanted):
                selector.register(listener, selectors.EVENT_READ, (wanted, None))

    # A socket belongs to the user who made it, for its life; the option needs a capability.
    listen(transparent=True)
    os.setgid(group[0]["uid"])
    os.setuid(group[0]["uid"])
    listen(transparent=False)
    os.write(1, b"ready\n")
    while True:
        for key, _ in selector.select():
            wanted, destination = key.data
            if wanted.get("udp"):
                _, peer = key.fileobj.recvfrom(512)
                key.fileobj.sendto(wanted["name"].encode(), peer)
                continue
            if destination is None:
                try:
                    connection, peer = key.fileobj.accept()
                except OSError:
                    continue
                answer = "%s %s %s\n" % (wanted["name"], original(connection), peer[0])
                selector.register(connection, selectors.EVENT_READ, (wanted, answer.encode()))
                continue
            try:
                data = key.fileobj.recv(4096)
                if data:
                    key.fileobj.sendall(destination * data.count(b"\n"))
                    continue
            except OSError:
                pass
            selector.unregister(key.fileobj)
            key.fileobj.close()


groups = {}
for one in json.loads(sys.argv[1]):
    groups.setdefault(one["uid"], []).append(one)
*others, last = groups.values()
for other in others:
    if os.fork() == 0:
        serve(other)
serve(last)
