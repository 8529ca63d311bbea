import {
  createServer as createHttpServer,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http'
import { createServer as createHttp2Server } from 'node:http2'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { Duplex } from 'node:stream'
import type { Target } from './target.ts'

/** A well-behaved server for everything that the ledger sends; stands behind proxies in tests. */
export interface Origin {
  /** HTTP/1.1 and cleartext HTTP/2 on one port. */
  readonly http: Target
  /** Raw TCP echo. */
  readonly tcp: Target
  close(): Promise<void>
}

const http2Preface = 'PRI * HTTP/2.0'
const streamStepMs = 100
const streamStep = 's'.repeat(256)

/** Listens on `host`, on free ports unless they are given. */
export async function startOrigin(
  host = '127.0.0.1',
  ports: { readonly http?: number; readonly tcp?: number } = {},
): Promise<Origin> {
  const sockets = new Set<Socket>()
  const track = (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('close', () => sockets.delete(socket))
  }
  // keepAliveTimeout 0: this server never closes an idle connection first.
  const http1 = createHttpServer({ keepAliveTimeout: 0, requestTimeout: 0 }, answer)
  const http2 = createHttp2Server((_request, response) => response.end('ok\n'))
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
  const tcp = createServer({ noDelay: true }, (socket) => {
    track(socket)
    socket.pipe(socket)
  })
  return {
    http: await listen(http, host, ports.http ?? 0),
    tcp: await listen(tcp, host, ports.tcp ?? 0),
    close: async () => {
      const closed = [http, tcp].map(
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

function answer(request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://origin')
  const ms = Number(url.searchParams.get('ms') ?? 0)
  switch (url.pathname) {
    case '/slow': {
      setTimeout(() => response.end('slow\n'), ms)
      return
    }
    case '/upload': {
      let received = 0
      request.on('data', (chunk: Buffer) => (received += chunk.length))
      request.once('end', () => {
        response.setHeader('x-received-bytes', received)
        response.end('received\n')
      })
      return
    }
    case '/stream': {
      const steps = Math.max(1, Math.round(ms / streamStepMs))
      let sent = 0
      response.setHeader('x-body-bytes', steps * streamStep.length)
      const timer = setInterval(() => {
        sent += 1
        if (sent < steps) response.write(streamStep)
        else response.end(streamStep)
        if (sent === steps) clearInterval(timer)
      }, streamStepMs)
      response.once('close', () => {
        clearInterval(timer)
      })
      return
    }
    default:
      response.end('ok\n')
  }
}

function listen(server: Server, host: string, port: number): Promise<Target> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, 4096, () => {
      resolve({ host, port: (server.address() as AddressInfo).port })
    })
  })
}
