import { once } from 'node:events'
import { createServer } from 'node:net'
import type { Server } from 'node:net'

/** TCP ports that nobody listens on now, each of them another. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '::'))
  const ports = await Promise.all(servers.map(portOf))
  await Promise.all(servers.map(close))
  return ports
}

export async function freePort(): Promise<number> {
  const [port = 0] = await freePorts(1)
  return port
}

async function portOf(server: Server): Promise<number> {
  if (!server.listening) await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no TCP port')
  return address.port
}

async function close(server: Server): Promise<void> {
  server.close()
  await once(server, 'close')
}
