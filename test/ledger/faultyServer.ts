import { createServer, type AddressInfo, type Socket } from 'node:net'
import type { Target } from './target.ts'

/** A server for tests that does to its connections whatever the test says. */
export interface FaultyServer {
  readonly target: Target
  /** Connections accepted so far. */
  readonly accepted: number
  /** Closes the listener and every connection, as a naive restart does. */
  close(): Promise<void>
}

/** Called once per request head, with its number (from 1) on this connection. */
export type OnRequest = (socket: Socket, request: number, head: string) => void

const settleMs = 20
const settleTurns = 5

/**
 * Does it when the client has read what was sent before. A client in this process has had its turn
 * when the loop has come round a few times, however long the process stood still.
 */
export function afterRead(act: () => void): void {
  const turn = (left: number): void => {
    if (left === 0) act()
    else
      setImmediate(() => {
        turn(left - 1)
      })
  }
  setTimeout(() => {
    turn(settleTurns)
  }, settleMs)
}

/** Answers each HTTP/1.1 request head (bodies are ignored) by `onRequest`. */
export function listenHttp(onRequest: OnRequest, port = 0): Promise<FaultyServer> {
  return listenTcp((socket) => {
    let received = ''
    let requests = 0
    socket.on('data', (data) => {
      received += data.toString('latin1')
      for (let end = received.indexOf('\r\n\r\n'); end >= 0; end = received.indexOf('\r\n\r\n')) {
        const head = received.slice(0, end)
        received = received.slice(end + 4)
        // What follows a request's head here is a body's chunk.
        if (!/^(GET|POST) /.test(head)) continue
        requests += 1
        onRequest(socket, requests, head)
      }
    })
  }, port)
}

/** Hands every connection to `onConnection`. */
export async function listenTcp(
  onConnection: (socket: Socket) => void,
  port = 0,
): Promise<FaultyServer> {
  const sockets = new Set<Socket>()
  let accepted = 0
  // Unreferenced: a test that failed before it closed its server must not keep mocha.
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    accepted += 1
    sockets.add(socket)
    socket.unref()
    socket.on('error', () => undefined)
    // A client that is done, whatever we still had in mind.
    socket.once('end', () => socket.end())
    socket.once('close', () => sockets.delete(socket))
    onConnection(socket)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.unref().listen(port, '127.0.0.1', () => {
      resolve()
    })
  })
  return {
    target: { host: '127.0.0.1', port: (server.address() as AddressInfo).port },
    get accepted() {
      return accepted
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve()
        })
        for (const socket of sockets) socket.destroy()
      }),
  }
}

/** Nobody listens on port 1, and it is none that the kernel lends to somebody. */
export const closedTarget: Target = { host: '127.0.0.1', port: 1 }

/** A complete 200 with keep-alive. */
export const goodResponse = 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n'
