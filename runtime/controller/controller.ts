import { realClock } from '../clock/clock.ts'
import type { Clock } from '../clock/clock.ts'
import { silentLogger } from '../logging/logger.ts'
import type { Logger } from '../logging/logger.ts'
import type { Check } from '../metrics/check.ts'
import type { Metrics } from '../metrics/metrics.ts'
import { isApiError } from '../transport/apiError.ts'
import { startDeadline } from '../transport/deadline.ts'
import { createWorkqueue } from '../workqueue/workqueue.ts'
import type { Workqueue } from '../workqueue/workqueue.ts'
import { createReconcileMetrics } from './reconcileMetrics.ts'
import type { ReconcileOutcome } from './reconcileMetrics.ts'
import type { Source } from './source.ts'
import { TerminalError } from './terminalError.ts'

export interface ReconcileResult {
  /** Look again after this long, whatever happens. */
  readonly requeueAfterMs?: number
  /** Do not look again before so long, when that is more than `minIntervalMs`. */
  readonly restMs?: number
}

/**
 * Makes the world of one key as it should be. Level-based: it looks at how things are, never at what
 * happened. The signal aborts when the process stops or the reconcile takes too long.
 */
export type Reconcile = (
  key: string,
  signal: AbortSignal,
  // A reconcile with nothing to say may simply end.
  // eslint-disable-next-line @typescript-eslint/no-invalid-void-type
) => Promise<ReconcileResult | void>

export interface ControllerOptions {
  /** Of metrics and logs. */
  readonly name: string
  readonly reconcile: Reconcile
  readonly sources?: readonly Source[]
  /** Workers. Defaults to 1. */
  readonly concurrency?: number
  /** Defaults to 300,000. */
  readonly reconcileTimeoutMs?: number
  /**
   * Between the end of a reconcile and the next one of the same key, at least: a key that concerns
   * thousands of objects hears of all their changes, and need not look after each. Defaults to 0.
   */
  readonly minIntervalMs?: number
  readonly clock?: Clock
  readonly random?: () => number
  readonly logger?: Logger
  readonly metrics?: Metrics
}

export interface Controller {
  readonly name: string
  run(signal: AbortSignal): Promise<void>
  enqueue(key: string): void
  enqueueAfter(key: string, ms: number): void
  /** For liveness: wrong when a reconcile does not end though it was told to. */
  readonly check: Check
}

/**
 * Creates a controller: keys in from sources, one reconcile at a time for each key, failures again
 * later, and later still.
 *
 * @example
 * createController({ name: 'rollout', sources: [watches(sets)], reconcile: async (key, signal) => { … } })
 */
export function createController(options: ControllerOptions): Controller {
  const { name, reconcile, sources = [], concurrency = 1, clock = realClock } = options
  const { reconcileTimeoutMs = 300_000, minIntervalMs = 0 } = options
  /** Keys that were looked at a moment ago, and until when they wait. */
  const resting = new Map<string, number>()
  const logger = (options.logger ?? silentLogger).with({ controller: name })
  const metrics = createReconcileMetrics(name, concurrency, options.metrics)
  const queue = createWorkqueue({
    name,
    clock,
    ...(options.random === undefined ? {} : { random: options.random }),
    ...(options.metrics === undefined ? {} : { metrics: options.metrics }),
  })

  const reconcileOnce = async (key: string, signal: AbortSignal): Promise<void> => {
    metrics.started()
    const startMs = clock.now()
    const deadline = startDeadline(reconcileTimeoutMs, signal)
    let outcome: ReconcileOutcome = 'error'
    let terminal = false
    let intervalMs = minIntervalMs
    try {
      const { requeueAfterMs, restMs = 0 } = (await reconcile(key, deadline.signal)) ?? {}
      outcome = requeueAfterMs === undefined ? 'success' : 'requeue_after'
      intervalMs = Math.max(minIntervalMs, restMs)
      queue.forget(key)
      if (requeueAfterMs !== undefined) queue.addAfter(key, requeueAfterMs)
    } catch (error) {
      if (signal.aborted) {
        logger.debug('reconcile interrupted by the stop', { key, error })
      } else {
        terminal = error instanceof TerminalError
        outcome = isApiError(error, 'Conflict') ? 'requeue' : 'error'
        afterFailure(queue, logger, key, error)
      }
    } finally {
      deadline.clear()
      metrics.ended(outcome, (clock.now() - startMs) / 1000, terminal)
      // Before it is done: another worker may have it the next moment.
      if (intervalMs > 0) resting.set(key, clock.now() + intervalMs)
      queue.done(key)
    }
  }
  /** How long a key must still wait. */
  const restMs = (key: string): number => {
    if (resting.size === 0) return 0
    const now = clock.now()
    for (const [other, until] of resting) if (until <= now) resting.delete(other)
    return Math.max(0, (resting.get(key) ?? 0) - now)
  }
  const work = async (signal: AbortSignal): Promise<void> => {
    for (let key = await queue.get(); key !== undefined; key = await queue.get()) {
      const waitMs = restMs(key)
      if (waitMs > 0) {
        queue.done(key)
        queue.addAfter(key, waitMs)
        continue
      }
      await reconcileOnce(key, signal)
    }
  }

  return {
    name,
    run: async (signal) => {
      const stop = (): void => {
        queue.shutdown()
      }
      signal.addEventListener('abort', stop, { once: true })
      if (signal.aborted) stop()
      const stops = sources.map((source) =>
        source.start((key, priority) => {
          queue.add(key, priority)
        }),
      )
      try {
        await Promise.all(Array.from({ length: concurrency }, () => work(signal)))
      } finally {
        for (const stopSource of stops) stopSource()
        signal.removeEventListener('abort', stop)
      }
    },
    enqueue: (key) => {
      queue.add(key)
    },
    enqueueAfter: (key, ms) => {
      queue.addAfter(key, ms)
    },
    check: () => {
      for (const [key, ms] of queue.working()) {
        if (ms < 2 * reconcileTimeoutMs) continue
        return `the reconcile of ${key} in ${name} has hung for ${Math.round(ms / 1000)} s`
      }
      return undefined
    },
  }
}

function afterFailure(queue: Workqueue, logger: Logger, key: string, error: unknown): void {
  if (error instanceof TerminalError) {
    queue.forget(key)
    logger.error('reconcile failed for good', { key, error })
    return
  }
  queue.addRateLimited(key)
  const fields = { key, error, retries: queue.retries(key) }
  // Somebody was faster: everyday life, and the next look will see it.
  if (isApiError(error, 'Conflict')) logger.info('reconcile met a conflict', fields)
  else logger.error('reconcile failed', fields)
}
