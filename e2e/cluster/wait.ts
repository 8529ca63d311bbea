import { setTimeout as delay } from 'node:timers/promises'
import { ClusterError, messageOf } from './errors.ts'

export interface WaitOptions {
  readonly deadlineMs: number
  /** The time between two looks. Defaults to 50 ms. */
  readonly intervalMs?: number
  readonly signal?: AbortSignal | undefined
}

/**
 * Asks `check` again and again until it answers something else than undefined or false; what it
 * throws counts as "not yet" and is told when the deadline is over.
 */
export async function waitFor<T>(
  what: string,
  check: () => Promise<T | undefined | false> | T | undefined | false,
  { deadlineMs, intervalMs = 50, signal }: WaitOptions,
): Promise<T> {
  const end = performance.now() + deadlineMs
  let seen = ''
  for (;;) {
    signal?.throwIfAborted()
    try {
      const answer = await check()
      if (answer !== undefined && answer !== false) return answer
    } catch (error) {
      seen = ` (last seen: ${messageOf(error)})`
    }
    if (performance.now() > end) {
      const message = `${what}: not so after ${(deadlineMs / 1000).toFixed(0)} s${seen}`
      throw new ClusterError('DeadlineExceeded', message)
    }
    await delay(intervalMs, undefined, signal === undefined ? {} : { signal })
  }
}
