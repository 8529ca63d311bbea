"""Keeps a connection to argv[1] port argv[2] and prints who answers each line of stdin on it."""

import socket
import sys

with socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=3) as connection:
    for line in sys.stdin:
        try:
            connection.sendall(line.encode())
            answer = connection.recv(512).decode().strip() or "closed"
        except OSError as error:
            answer = type(error).__name__
        print(answer, flush=True)
