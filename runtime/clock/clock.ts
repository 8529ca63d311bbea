/**
 * Time as a dependency: whoever waits or measures takes a `Clock`, so tests move it by hand.
 * Deadlines of network calls are no business of it: they guard real sockets and use real time.
 */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /**
   * Resolves after `ms` milliseconds, or early when the signal aborts. Never rejects: loops look at
   * `signal.aborted` anyway, and a rejection would only add a second way out.
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** setTimeout fires at once for anything longer than this (a 32-bit count of milliseconds). */
const longestTimerMs = 2 ** 31 - 1

/** The clock of the machine. */
export const realClock: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => {
    if (signal?.aborted === true) return
    await new Promise<void>((resolve) => {
      const end = (): void => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', end)
        resolve()
      }
      const timer = setTimeout(end, Math.min(ms, longestTimerMs))
      signal?.addEventListener('abort', end, { once: true })
    })
  },
}
