import { createMetrics } from '../metrics/metrics.ts'
import type { Metrics } from '../metrics/metrics.ts'

/** How a reconcile ended: the values of controller-runtime's label `result`. */
export type ReconcileOutcome = 'success' | 'error' | 'requeue' | 'requeue_after'

export interface ReconcileMetrics {
  started(): void
  ended(outcome: ReconcileOutcome, seconds: number, terminal: boolean): void
}

export function createReconcileMetrics(
  controller: string,
  concurrency: number,
  metrics: Metrics = createMetrics(),
): ReconcileMetrics {
  const labelNames = ['controller'] as const
  const total = metrics.counter({
    name: 'controller_runtime_reconcile_total',
    help: 'Reconciles, by controller and result.',
    labelNames: ['controller', 'result'],
  })
  const errors = metrics.counter({
    name: 'controller_runtime_reconcile_errors_total',
    help: 'Reconciles that failed, by controller.',
    labelNames,
  })
  const terminal = metrics.counter({
    name: 'controller_runtime_terminal_reconcile_errors_total',
    help: 'Reconciles that failed for good, by controller.',
    labelNames,
  })
  const time = metrics.histogram({
    name: 'controller_runtime_reconcile_time_seconds',
    help: 'Duration of reconciles, by controller.',
    labelNames,
  })
  const active = metrics.gauge({
    name: 'controller_runtime_active_workers',
    help: 'Workers that reconcile now, by controller.',
    labelNames,
  })
  const most = metrics.gauge({
    name: 'controller_runtime_max_concurrent_reconciles',
    help: 'Workers, by controller.',
    labelNames,
  })
  for (const result of ['success', 'error', 'requeue', 'requeue_after'] as const) {
    total.inc({ controller, result }, 0)
  }
  errors.inc({ controller }, 0)
  terminal.inc({ controller }, 0)
  time.zero({ controller })
  active.set({ controller }, 0)
  most.set({ controller }, concurrency)
  return {
    started: () => {
      active.inc({ controller })
    },
    ended: (result, seconds, forGood) => {
      active.dec({ controller })
      total.inc({ controller, result })
      if (result === 'error') errors.inc({ controller })
      if (forGood) terminal.inc({ controller })
      time.observe({ controller }, seconds)
    },
  }
}
