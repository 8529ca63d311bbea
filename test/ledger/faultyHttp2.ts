import { createServer, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo } from 'node:net'
import type { FaultyServer } from './faultyServer.ts'

/** Hands every HTTP/2 stream to `onStream`, which does to it whatever the test says. */
export async function listenHttp2(
  onStream: (stream: ServerHttp2Stream) => void,
): Promise<FaultyServer> {
  const sessions = new Set<ServerHttp2Session>()
  let accepted = 0
  const server = createServer()
  server.on('session', (session) => {
    accepted += 1
    sessions.add(session)
    session.on('error', () => undefined)
    session.once('close', () => sessions.delete(session))
  })
  server.on('stream', (stream) => {
    stream.on('error', () => undefined)
    onStream(stream)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
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
        for (const session of sessions) session.destroy()
      }),
  }
}
