import { once } from 'node:events'
import { createServer } from 'node:net'

/** Below the kernel's range for outgoing connections (ip_local_port_range: 32768 and up). */
const FIRST = 12_000
const COUNT = 20_000

/** Given to somebody of this process who may not listen on it yet. */
const given = new Set<number>()

/**
 * TCP ports that nobody listens on now, and that nobody else of this process was given. Not those
 * that listen(0) gives: between this test and the proxy's start, any outgoing connection of the
 * machine could take one of them.
 */
export async function freePorts(count: number): Promise<readonly number[]> {
  const ports: number[] = []
  while (ports.length < count) {
    const port = FIRST + Math.floor(Math.random() * COUNT)
    if (given.has(port)) continue
    given.add(port)
    if (await isFree(port)) ports.push(port)
  }
  return ports
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
