import type { Metrics } from '../runtime/metrics/metrics.ts'
import type { InjectionReport } from './inject/inject.ts'
import { skipReasons } from './inject/skipReasons.ts'

/** Counts injections; give it the report of each pod that is really created. */
export function createInjectionMetrics(metrics: Metrics): (report: InjectionReport) => void {
  const injected = metrics.counter({
    name: 'baton_injections_total',
    help: 'Sets injected into pods.',
  })
  const skipped = metrics.counter({
    name: 'baton_injections_skipped_total',
    help: 'Sets that select a pod but were not injected into it, by reason.',
    labelNames: ['reason'],
  })
  injected.inc(0)
  for (const reason of skipReasons) skipped.inc({ reason }, 0)
  return (report) => {
    injected.inc(report.injected.length)
    for (const { reason } of report.skipped) skipped.inc({ reason })
  }
}
