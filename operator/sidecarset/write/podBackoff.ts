/** Which pods could not be written lately: they wait, the others go on. */
export interface PodBackoff {
  /** Keys of pods that must wait. */
  blocked(): ReadonlySet<string>
  /** Counts a refusal. Gives how long the pod must wait. */
  refused(key: string): number
  /** The pod could be written, or is gone. */
  forget(key: string): void
}

const FIRST_MS = 1_000
const LONGEST_MS = 60_000

export function createPodBackoff(clock: { now(): number }): PodBackoff {
  const entries = new Map<string, { readonly until: number; readonly delayMs: number }>()
  return {
    blocked: () => {
      const now = clock.now()
      const waiting = [...entries].filter(([, { until }]) => until > now)
      return new Set(waiting.map(([key]) => key))
    },
    refused: (key) => {
      const before = entries.get(key)
      const delayMs = before === undefined ? FIRST_MS : Math.min(before.delayMs * 2, LONGEST_MS)
      entries.set(key, { until: clock.now() + delayMs, delayMs })
      return delayMs
    },
    forget: (key) => {
      entries.delete(key)
    },
  }
}
