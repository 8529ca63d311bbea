import { createMetrics } from '../metrics/metrics.ts'
import type { Metrics } from '../metrics/metrics.ts'

/** Counts requests under the names client-go uses. */
export interface RequestMetrics {
  /** @param status HTTP status, or 0 when there was no answer */
  observe(method: string, status: number, seconds: number): void
}

export function createRequestMetrics(
  host: string,
  metrics: Metrics = createMetrics(),
): RequestMetrics {
  const total = metrics.counter({
    name: 'rest_client_requests_total',
    help: 'Requests to the API server, by status code, method and host.',
    labelNames: ['code', 'method', 'host'],
  })
  const duration = metrics.histogram({
    name: 'rest_client_request_duration_seconds',
    help: 'Time from sending a request to the API server to the end of its answer (of a watch: to its headers).',
    labelNames: ['verb', 'host'],
    buckets: [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60],
  })
  return {
    observe: (method, status, seconds) => {
      total.inc({ code: status === 0 ? '<error>' : String(status), method, host })
      duration.observe({ verb: method, host }, seconds)
    },
  }
}
