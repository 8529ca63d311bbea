# Serves its version; asks whether its socket listens already, and calls listen only if it does not.
#   python3 askingServer.py VERSION HOST PORT
import socket
import socketserver
import sys


class Handler(socketserver.BaseRequestHandler):
    def handle(self):
        self.request.recv(4096)
        body = sys.argv[1].encode()
        self.request.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + body)


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    request_queue_size = 128

    def server_activate(self):
        if not self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
            super().server_activate()


with Server((sys.argv[2], int(sys.argv[3])), Handler) as server:
    server.serve_forever()
