import type { Clock } from './clock.ts'

/** A clock that stands still until a test moves it. */
export interface ManualClock extends Clock {
  /** Moves time forward, waking sleepers in the order of their alarms, and lets each run before the next. */
  advance(ms: number): Promise<void>
  /** How many sleep now: what a test waits for before it moves time. */
  sleepers(): number
}

interface Sleeper {
  readonly wakeAtMs: number
  readonly wake: () => void
}

/** Creates a manual clock. `startMs` defaults to 2026-01-01, so that dates look like dates. */
export function createManualClock(startMs = Date.UTC(2026, 0, 1)): ManualClock {
  let nowMs = startMs
  const sleepers = new Set<Sleeper>()

  return {
    now: () => nowMs,
    sleepers: () => sleepers.size,
    sleep: async (ms, signal) => {
      if (ms <= 0 || signal?.aborted === true) return
      await new Promise<void>((resolve) => {
        const sleeper: Sleeper = {
          wakeAtMs: nowMs + ms,
          wake: () => {
            sleepers.delete(sleeper)
            signal?.removeEventListener('abort', sleeper.wake)
            resolve()
          },
        }
        sleepers.add(sleeper)
        signal?.addEventListener('abort', sleeper.wake, { once: true })
      })
    },
    advance: async (ms) => {
      // Whoever was about to sleep goes to sleep first.
      await settle()
      const endMs = nowMs + ms
      for (;;) {
        const next = [...sleepers].sort((a, b) => a.wakeAtMs - b.wakeAtMs)[0]
        if (next === undefined || next.wakeAtMs > endMs) break
        nowMs = next.wakeAtMs
        next.wake()
        await settle()
      }
      nowMs = endMs
      await settle()
    },
  }
}

/** Lets everything that waits on promises (not on I/O) run to its next wait. */
async function settle(): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve))
}
