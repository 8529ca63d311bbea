import { realClock } from '../clock/clock.ts'
import type { Clock } from '../clock/clock.ts'
import type { Metrics } from '../metrics/metrics.ts'
import { createBucket } from './bucket.ts'
import { createDelays } from './delays.ts'
import { createFifo } from './fifo.ts'
import { createQueueMetrics } from './queueMetrics.ts'

/** `low` is for what is not news: the first list after a start, a periodic second look. */
export type Priority = 'normal' | 'low'

export interface WorkqueueOptions {
  /** Of metrics. */
  readonly name: string
  /** First waiting time of a failing key. Defaults to 5. */
  readonly baseDelayMs?: number
  /** Longest waiting time of a failing key. Defaults to 1,000,000 (16.7 minutes). */
  readonly maxDelayMs?: number
  /** Over all failing keys together. Defaults to 10, with a burst of 100. */
  readonly ratePerSecond?: number
  readonly burst?: number
  readonly clock?: Clock
  readonly random?: () => number
  readonly metrics?: Metrics
}

/**
 * A queue of keys. A key waits at most once, is worked on by one worker at a time, and when it is added
 * while in work comes up once more afterwards: so no change is lost and none is worked on twice at once.
 */
export interface Workqueue {
  add(key: string, priority?: Priority): void
  addAfter(key: string, ms: number): void
  /** Adds after a waiting time that grows with each call for the key until `forget`. */
  addRateLimited(key: string): void
  /** The key is well: its next failure waits the shortest time again. */
  forget(key: string): void
  /** How often in a row the key was added rate limited. */
  retries(key: string): number
  /** The next key; waits for one. Undefined after the shutdown. Each key got must be `done`. */
  get(): Promise<string | undefined>
  done(key: string): void
  /** Keys that wait, without those that wait for their time. */
  depth(): number
  /** Keys in work, and for how long in milliseconds. */
  working(): ReadonlyMap<string, number>
  shutdown(): void
}

/** Creates a work queue. */
export function createWorkqueue(options: WorkqueueOptions): Workqueue {
  const { name, clock = realClock, random = Math.random } = options
  const { baseDelayMs = 5, maxDelayMs = 1_000_000, ratePerSecond = 10, burst = 100 } = options
  const ready = { normal: createFifo<string>(), low: createFifo<string>() }
  // Wanted and not yet taken. A key in work that is wanted again is only here, not in `ready`.
  const dirty = new Map<string, { readonly sinceMs: number; priority: Priority }>()
  const inWork = new Map<string, number>()
  const failures = new Map<string, number>()
  const waiting = createFifo<(key: string | undefined) => void>()
  const end = new AbortController()
  const bucket = createBucket(ratePerSecond, burst)
  const working = (): Map<string, number> =>
    new Map([...inWork].map(([key, sinceMs]) => [key, clock.now() - sinceMs]))
  // A key in work that is wanted again counts as waiting, as it does in client-go.
  const depth = (): number => dirty.size
  const metrics = createQueueMetrics(
    name,
    { depth, workingSeconds: () => [...working().values()].map((ms) => ms / 1000) },
    options.metrics,
  )

  const next = (): string | undefined => {
    for (const priority of ['normal', 'low'] as const) {
      for (let key = ready[priority].shift(); key !== undefined; key = ready[priority].shift()) {
        const entry = dirty.get(key)
        // A key that was raised from low to normal stands in both rows: only one counts.
        if (entry?.priority !== priority || inWork.has(key)) continue
        dirty.delete(key)
        inWork.set(key, clock.now())
        metrics.taken((clock.now() - entry.sinceMs) / 1000)
        return key
      }
    }
    return undefined
  }
  const serve = (): void => {
    while (waiting.size() > 0) {
      const key = next()
      if (key === undefined) return
      waiting.shift()?.(key)
    }
  }
  const add = (key: string, priority: Priority = 'normal'): void => {
    if (end.signal.aborted) return
    const entry = dirty.get(key)
    if (entry !== undefined) {
      if (entry.priority === priority || priority === 'low') return
      entry.priority = priority
    } else {
      dirty.set(key, { sinceMs: clock.now(), priority })
      metrics.added()
    }
    if (inWork.has(key)) return
    ready[priority].push(key)
    serve()
  }
  const delays = createDelays(clock, end.signal, (key) => {
    add(key)
  })
  const addAfter = (key: string, ms: number): void => {
    if (ms <= 0) add(key)
    else delays.schedule(key, clock.now() + ms)
  }

  return {
    add,
    addAfter,
    addRateLimited: (key) => {
      const failed = failures.get(key) ?? 0
      failures.set(key, failed + 1)
      metrics.retried()
      // Jitter takes off up to a tenth: enough that keys that failed together do not return together.
      const ownMs = Math.min(maxDelayMs, baseDelayMs * 2 ** failed) * (1 - random() / 10)
      addAfter(key, Math.max(ownMs, bucket.takeMs(clock.now())))
    },
    forget: (key) => {
      failures.delete(key)
    },
    retries: (key) => failures.get(key) ?? 0,
    get: async () => {
      if (end.signal.aborted) return undefined
      const key = next()
      if (key !== undefined) return key
      return new Promise((resolve) => {
        waiting.push(resolve)
      })
    },
    done: (key) => {
      const sinceMs = inWork.get(key)
      if (sinceMs === undefined) return
      inWork.delete(key)
      metrics.done((clock.now() - sinceMs) / 1000)
      const entry = dirty.get(key)
      if (entry === undefined) return
      ready[entry.priority].push(key)
      serve()
    },
    depth,
    working,
    shutdown: () => {
      end.abort()
      dirty.clear()
      for (let w = waiting.shift(); w !== undefined; w = waiting.shift()) w(undefined)
    },
  }
}
