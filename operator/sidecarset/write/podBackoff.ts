/** Which pods could not be written lately: they wait, the others go on. */
export interface PodBackoff {
  /** Keys of pods that must wait. */
  blocked(): ReadonlySet<string>
  /** Counts a refusal. Gives how long the pod must wait. */
  refused(key: string, why?: string): number
  /** Why the last write was refused, if that was told. */
  why(key: string): string | undefined
  /** The pod could be written, or is gone. */
  forget(key: string): void
}

const FIRST_MS = 1_000
const LONGEST_MS = 60_000

interface Refusal {
  readonly until: number
  readonly delayMs: number
  readonly why: string | undefined
}

export function createPodBackoff(clock: { now(): number }): PodBackoff {
  const entries = new Map<string, Refusal>()
  return {
    blocked: () => {
      const now = clock.now()
      const waiting = [...entries].filter(([, { until }]) => until > now)
      return new Set(waiting.map(([key]) => key))
    },
    refused: (key, why) => {
      const before = entries.get(key)
      const delayMs = before === undefined ? FIRST_MS : Math.min(before.delayMs * 2, LONGEST_MS)
      entries.set(key, { until: clock.now() + delayMs, delayMs, why })
      return delayMs
    },
    why: (key) => entries.get(key)?.why,
    forget: (key) => {
      entries.delete(key)
    },
  }
}
