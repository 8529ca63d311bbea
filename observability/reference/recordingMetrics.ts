import type { MetricOptions, Metrics } from '../../runtime/metrics/metrics.ts'
import { createMetrics } from '../../runtime/metrics/metrics.ts'
import type { MetricFamily } from './family.ts'

/** Metrics as programs have them, and the families that were asked for, by name. */
export function recordingMetrics(): {
  readonly metrics: Metrics
  readonly families: ReadonlyMap<string, MetricFamily>
} {
  const metrics = createMetrics()
  const families = new Map<string, MetricFamily>()
  const note = (type: MetricFamily['type'], options: MetricOptions<string>): void => {
    const { name, help, labelNames = [] } = options
    families.set(name, { name, type, help, labels: labelNames })
  }
  return {
    families,
    metrics: {
      ...metrics,
      counter: (options) => {
        note('counter', options)
        return metrics.counter(options)
      },
      gauge: (options) => {
        note('gauge', options)
        return metrics.gauge(options)
      },
      histogram: (options) => {
        note('histogram', options)
        return metrics.histogram(options)
      },
    },
  }
}
