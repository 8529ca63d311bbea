# Serves its version; the bind and every answer are made by threads other than the main one.
#   python3 threadedServer.py VERSION HOST PORT
import socketserver
import sys
import threading


class Handler(socketserver.BaseRequestHandler):
    def handle(self):
        self.request.recv(4096)
        body = sys.argv[1].encode()
        self.request.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + body)


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    request_queue_size = 128


def serve():
    with Server((sys.argv[2], int(sys.argv[3])), Handler) as server:
        server.serve_forever()


thread = threading.Thread(target=serve)
thread.start()
thread.join()
