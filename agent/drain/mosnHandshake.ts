import { once } from 'node:events'
import { chmod, rm } from 'node:fs/promises'
import type { Server, Socket } from 'node:net'
import { createConnection, createServer } from 'node:net'
import { join } from 'node:path'

/** Of a MOSN that is asked anew after it had been asked: it comes back within 1 s. */
const TIMEOUT_MS = 2500

/**
 * The handshake of MOSN's smooth upgrade, in the part of the new process, as far as the old one
 * needs it to leave:
 * 1. the new one connects to `reconfig.sock` and gets one byte;
 * 2. the old one connects to `listen.sock` and sends one byte with its listeners, which are not
 *    wanted here: node reads with read(2), and so the kernel closes them;
 * 3. the new one sends one byte when it has begun; the old one answers with one, and stops
 *    accepting 3 s later.
 * Errors: what was awaited and what was seen. The old process then goes on as before, within 10 s.
 */
export async function askToLeave(sockets: string): Promise<void> {
  const path = join(sockets, 'listen.sock')
  // One that was left behind: the old process would be told that nobody is there.
  await rm(path, { force: true })
  const server = createServer()
  server.listen(path)
  await once(server, 'listening')
  // The old process may have another user.
  await chmod(path, 0o666)
  // Open to the end: the old process must be able to send its byte.
  const asking = createConnection(join(sockets, 'reconfig.sock'))
  // Without a listener an error that nobody awaits just then would end the agent.
  asking.on('error', () => undefined)
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS)
    // The byte is not waited for. One that was asked before, by an agent that was killed then, gives
    // none; that it comes says more.
    const [old] = await Promise.all([nextPeer(server, signal), once(asking, 'connect', { signal })])
    await acknowledge(old, signal)
  } catch (cause) {
    throw new Error(`mosn did not take part in the handshake of its upgrade in ${sockets}`, {
      cause,
    })
  } finally {
    asking.destroy()
    server.close()
    await rm(path, { force: true })
  }
}

async function nextPeer(server: Server, signal: AbortSignal): Promise<Socket> {
  const [peer] = (await once(server, 'connection', { signal })) as [Socket]
  return peer.on('error', () => undefined)
}

async function acknowledge(old: Socket, signal: AbortSignal): Promise<void> {
  try {
    await once(old, 'data', { signal })
    old.write(Uint8Array.of(0))
    await once(old, 'data', { signal })
  } finally {
    old.destroy()
  }
}
