import { createServer as createHttpServer } from 'node:http'
import { createServer as createHttp2Server } from 'node:http2'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { echoDubbo } from './originDubbo.ts'
import { answer } from './originHttp.ts'
import { answerStream } from './originStream.ts'
import { echoWebsocket } from './originWebsocket.ts'
import type { Target } from './target.ts'

/** A well-behaved server for everything that the ledger sends; stands behind proxies in tests. */
export interface Origin {
  /** HTTP/1.1, WebSocket, cleartext HTTP/2 and gRPC on one port. */
  readonly http: Target
  /** Cleartext HTTP/2 and gRPC only, at a fraction of what `http` needs for them. */
  readonly grpc: Target
  /** Raw TCP echo. */
  readonly tcp: Target
  readonly dubbo: Target
  close(): Promise<void>
}

export type OriginPorts = Readonly<Partial<Record<'http' | 'grpc' | 'tcp' | 'dubbo', number>>>

const http2Preface = 'PRI * HTTP/2.0'

/** Listens on `host`, on free ports unless they are given. */
export async function startOrigin(host = '127.0.0.1', ports: OriginPorts = {}): Promise<Origin> {
  const sockets = new Set<Socket>()
  const track = (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('close', () => sockets.delete(socket))
  }
  // keepAliveTimeout 0: this server never closes an idle connection first.
  const http1 = createHttpServer({ keepAliveTimeout: 0, requestTimeout: 0 }, answer)
  http1.on('upgrade', echoWebsocket)
  const http2 = createHttp2Server()
  http2.on('stream', answerStream)
  const http = createServer({ noDelay: true }, (socket) => {
    track(socket)
    socket.once('data', (first) => {
      socket.pause()
      socket.unshift(first)
      if (first.toString('latin1').startsWith(http2Preface)) {
        // node's HTTP/2 reads a socket's handle and would miss what was put back; a stream it reads.
        http2.emit('connection', Duplex.from({ readable: socket, writable: socket }))
      } else http1.emit('connection', socket)
      socket.resume()
    })
  })
  const grpc = createHttp2Server()
  grpc.on('stream', answerStream)
  grpc.on('connection', track)
  const tcp = createServer({ noDelay: true }, (socket) => {
    track(socket)
    socket.pipe(socket)
  })
  const dubbo = createServer({ noDelay: true }, (socket) => {
    track(socket)
    echoDubbo(socket)
  })
  return {
    http: await listen(http, host, ports.http),
    grpc: await listen(grpc, host, ports.grpc),
    tcp: await listen(tcp, host, ports.tcp),
    dubbo: await listen(dubbo, host, ports.dubbo),
    close: async () => {
      const closed = [http, grpc, tcp, dubbo].map(
        (server) =>
          new Promise<void>((resolve) =>
            server.close(() => {
              resolve()
            }),
          ),
      )
      for (const socket of sockets) socket.destroy()
      await Promise.all(closed)
    },
  }
}

function listen(server: Server, host: string, port = 0): Promise<Target> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, 4096, () => {
      resolve({ host, port: (server.address() as AddressInfo).port })
    })
  })
}
