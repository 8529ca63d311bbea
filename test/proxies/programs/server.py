# A server on asyncio that knows how to leave: on SIGTERM it accepts nothing more, asks clients to go
# with their next answer, and ends with its last connection. HTTP/1.1 and TCP echo.
#   python3 server.py VERSION HTTP_PORT TCP_PORT
import asyncio
import resource
import signal
import sys
from urllib.parse import parse_qs, urlsplit

VERSION, HTTP_PORT, TCP_PORT = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
BACKLOG = 4096
STEP = b"s" * 256

leaving = asyncio.Event()
open_connections = 0


async def read_body(reader, headers):
    """Bytes of the body that were received."""
    received = 0
    if headers.get("transfer-encoding", "").lower() == "chunked":
        while True:
            size = int(await reader.readline(), 16)
            await reader.readexactly(size + 2)
            if size == 0:
                return received
            received += size
    length = int(headers.get("content-length", "0"))
    if length:
        received = len(await reader.readexactly(length))
    return received


def head(length, close, extra=b""):
    connection = b"connection: close\r\n" if close else b""
    return b"HTTP/1.1 200 OK\r\nx-version: %s\r\ncontent-length: %d\r\n%s%s\r\n" % (
        VERSION.encode(),
        length,
        connection,
        extra,
    )


async def exchange(reader, writer):
    """One request and its answer; whether the connection may be used again."""
    request = (await reader.readuntil(b"\r\n\r\n")).decode("latin1").split("\r\n")
    _, target, _ = request[0].split(" ")
    headers = {}
    for line in request[1:]:
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    received = await read_body(reader, headers)
    url = urlsplit(target)
    milliseconds = int(parse_qs(url.query).get("ms", ["0"])[0])
    asked_to_close = headers.get("connection", "").lower() == "close"
    if url.path == "/slow":
        await asyncio.sleep(milliseconds / 1000)
    close = asked_to_close or leaving.is_set()
    if url.path == "/stream":
        steps = max(1, round(milliseconds / 100))
        total = steps * len(STEP)
        writer.write(head(total, close, b"x-body-bytes: %d\r\n" % total))
        for _ in range(steps):
            await asyncio.sleep(0.1)
            writer.write(STEP)
    elif url.path == "/upload":
        writer.write(head(9, close, b"x-received-bytes: %d\r\n" % received) + b"received\n")
    else:
        writer.write(head(3, close) + b"ok\n")
    await writer.drain()
    return not close


async def echo(reader, writer):
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()


async def serve_http(reader, writer):
    while await exchange(reader, writer):
        pass


def counted(serve):
    async def connected(reader, writer):
        global open_connections
        open_connections += 1
        try:
            await serve(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the client has gone
        finally:
            open_connections -= 1
            writer.close()

    return connected


async def main():
    servers = [
        await asyncio.start_server(counted(serve), "0.0.0.0", port, backlog=BACKLOG)
        for serve, port in ((serve_http, HTTP_PORT), (echo, TCP_PORT))
    ]
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, leaving.set)
    await leaving.wait()
    for server in servers:
        server.close()
    while open_connections:
        await asyncio.sleep(0.05)


hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
asyncio.run(main())
