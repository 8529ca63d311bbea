import type { Server } from 'node:net'

/** A server that can be told to close every connection, as those of node:http and node:https can. */
export interface ClosableServer extends Server {
  closeIdleConnections(): void
  closeAllConnections(): void
}

/** Listens; gives the port, which is another than asked for when that was 0. */
export async function listen(server: Server, port: number, host?: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    const done = (): void => {
      server.removeListener('error', reject)
      resolve()
    }
    if (host === undefined) server.listen(port, done)
    else server.listen(port, host, done)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return address.port
}

/** Takes no new connections, lets requests in flight end for `graceMs`, then cuts what is left. */
export async function closeGracefully(server: ClosableServer, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => {
      resolve()
    })
  })
  server.closeIdleConnections()
  const timer = setTimeout(() => {
    server.closeAllConnections()
  }, graceMs)
  await closed
  clearTimeout(timer)
}
