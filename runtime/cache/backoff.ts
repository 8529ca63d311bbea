/** Waiting times that grow with each failure in a row. */
export interface Backoff {
  /** The next waiting time in milliseconds, longer than the one before. */
  nextMs(): number
  /** To be called after a success that lasted. */
  reset(): void
}

export interface BackoffOptions {
  readonly baseMs: number
  readonly maxMs: number
  /** A number in [0, 1). */
  readonly random: () => number
}

/** Doubles from `baseMs` to `maxMs`; jitter takes off up to half, so that replicas spread. */
export function createBackoff({ baseMs, maxMs, random }: BackoffOptions): Backoff {
  let failures = 0
  return {
    nextMs: () => {
      const ms = Math.min(maxMs, baseMs * 2 ** failures)
      failures++
      return ms * (1 - random() / 2)
    },
    reset: () => {
      failures = 0
    },
  }
}
