import { createHash } from 'node:crypto'
import { createServer } from 'node:net'
import type { Server } from 'node:net'
import { waitFor } from './wait.ts'

/**
 * Runs `work` while holding a lock that all processes of this machine share.
 *
 * The lock is a listening unix socket in the abstract namespace: the kernel lets one process have
 * the name, and takes it back however that process ends, so no stale lock can be left behind.
 */
export async function withLock<T>(
  name: string,
  work: () => Promise<T>,
  { deadlineMs = 60_000, signal }: { deadlineMs?: number; signal?: AbortSignal | undefined } = {},
): Promise<T> {
  // A socket's name is at most 107 bytes, names and paths may be longer.
  const address = `\0baton-cluster/${createHash('sha256').update(name).digest('hex')}`
  const server = await waitFor(
    `another process holds the lock '${name}'; its end`,
    () => listen(address),
    { deadlineMs, signal, intervalMs: 100 },
  )
  try {
    return await work()
  } finally {
    await new Promise((resolve) => server.close(resolve))
  }
}

async function listen(address: string): Promise<Server> {
  const server = createServer((socket) => socket.destroy())
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(address, resolve)
  })
  return server
}
