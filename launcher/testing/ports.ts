import { once } from 'node:events'
import { createServer } from 'node:net'

/** Below the kernel's range for outgoing connections (ip_local_port_range: 32768 and up). */
const FIRST = 12_000
const COUNT = 20_000

/**
 * TCP ports that nobody listens on now. Not those that listen(0) gives: between this test and the
 * proxy's start, any outgoing connection of the machine could take one of them.
 */
export async function freePorts(count: number): Promise<readonly number[]> {
  const ports = new Set<number>()
  while (ports.size < count) {
    const port = FIRST + Math.floor(Math.random() * COUNT)
    if (!ports.has(port) && (await isFree(port))) ports.add(port)
  }
  return [...ports]
}

export async function freePort(): Promise<number> {
  const [port = 0] = await freePorts(1)
  return port
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  server.listen(port, '::')
  try {
    await once(server, 'listening')
  } catch {
    return false
  }
  server.close()
  await once(server, 'close')
  return true
}
