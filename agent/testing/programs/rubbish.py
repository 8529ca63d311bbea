"""Speaks rubbish to unix sockets until it is killed: rubbish.py stream|seqpacket PATH..."""

import os
import random
import socket
import sys
import time

KINDS = {"stream": socket.SOCK_STREAM, "seqpacket": socket.SOCK_SEQPACKET}
LINES = [b"\0" * 700, b"status" * 200 + b"\n", b"stop at once\n\xff\xfe start\n", b"{}\n[]\n", b"drop\n", b""]


def speak(kind, path, generator):
    peer = socket.socket(socket.AF_UNIX, kind)
    peer.settimeout(0.2)
    try:
        peer.connect(path)
        peer.send(generator.choice(LINES) or os.urandom(generator.randrange(1, 600)))
    except OSError:
        pass
    return peer


def main():
    generator = random.Random(7)
    kind = KINDS[sys.argv[1]]
    kept = []
    while True:
        for path in sys.argv[2:]:
            kept.append(speak(kind, path, generator))
        # Some stay open, so that they take places.
        if len(kept) > 24:
            kept.pop(generator.randrange(len(kept))).close()
        time.sleep(0.02)


main()
