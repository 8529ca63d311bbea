import { createMetrics } from '../metrics/metrics.ts'
import type { Metrics } from '../metrics/metrics.ts'

export interface QueueMetrics {
  added(): void
  retried(): void
  /** @param waitedSeconds since it was added */
  taken(waitedSeconds: number): void
  /** @param workedSeconds since it was taken */
  done(workedSeconds: number): void
}

export interface QueueReadings {
  readonly depth: () => number
  /** For how long each key in work has been in work, in seconds. */
  readonly workingSeconds: () => readonly number[]
}

/** The metrics of one queue, under the names every Kubernetes dashboard knows. */
export function createQueueMetrics(
  name: string,
  read: QueueReadings,
  metrics: Metrics = createMetrics(),
): QueueMetrics {
  const labelNames = ['name'] as const
  const buckets = [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1, 10, 100, 1000]
  const depth = metrics.gauge({ name: 'workqueue_depth', help: 'Keys that wait.', labelNames })
  const adds = metrics.counter({
    name: 'workqueue_adds_total',
    help: 'Keys added.',
    labelNames,
  })
  const retries = metrics.counter({
    name: 'workqueue_retries_total',
    help: 'Keys added again after a failure.',
    labelNames,
  })
  const queued = metrics.histogram({
    name: 'workqueue_queue_duration_seconds',
    help: 'How long keys wait before they are worked on.',
    labelNames,
    buckets,
  })
  const worked = metrics.histogram({
    name: 'workqueue_work_duration_seconds',
    help: 'How long keys are worked on.',
    labelNames,
    buckets,
  })
  const unfinished = metrics.gauge({
    name: 'workqueue_unfinished_work_seconds',
    help: 'Work begun and not ended, summed over keys: grows when something hangs.',
    labelNames,
  })
  const longest = metrics.gauge({
    name: 'workqueue_longest_running_processor_seconds',
    help: 'How long the longest work has been going on.',
    labelNames,
  })
  adds.inc({ name }, 0)
  retries.inc({ name }, 0)
  queued.zero({ name })
  worked.zero({ name })
  metrics.beforeScrape(() => {
    const working = read.workingSeconds()
    depth.set({ name }, read.depth())
    unfinished.set(
      { name },
      working.reduce((sum, seconds) => sum + seconds, 0),
    )
    longest.set({ name }, Math.max(0, ...working))
  })
  return {
    added: () => {
      adds.inc({ name })
    },
    retried: () => {
      retries.inc({ name })
    },
    taken: (seconds) => {
      queued.observe({ name }, seconds)
    },
    done: (seconds) => {
      worked.observe({ name }, seconds)
    },
  }
}
