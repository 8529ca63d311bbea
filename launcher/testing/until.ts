import { setTimeout as delay } from 'node:timers/promises'

const pollMs = 10

/**
 * Asks again and again until `check` gives something other than undefined and false, and returns it.
 *
 * @throws Error naming `what` after `deadlineMs`, with the last error of `check` as its cause
 */
export async function until<T>(
  what: string,
  check: () => T | false | undefined | Promise<T | false | undefined>,
  deadlineMs = 20_000,
): Promise<T> {
  const end = performance.now() + deadlineMs
  let lastError: unknown
  while (performance.now() < end) {
    try {
      const result = await check()
      if (result !== undefined && result !== false) return result
    } catch (error) {
      lastError = error
    }
    await delay(pollMs)
  }
  throw new Error(`not within ${deadlineMs} ms: ${what}`, { cause: lastError })
}
