import { createMetrics } from '../metrics/metrics.ts'
import type { Metrics } from '../metrics/metrics.ts'

/** Gives the function that sets a certificate's expiry. */
export function createExpiryMetric(
  certificate: string,
  metrics: Metrics = createMetrics(),
): (notAfterMs: number) => void {
  const gauge = metrics.gauge({
    name: 'certificate_expiration_timestamp_seconds',
    help: 'When a certificate expires, in seconds since the epoch, by certificate.',
    labelNames: ['certificate'],
  })
  return (notAfterMs) => {
    gauge.set({ certificate }, notAfterMs / 1000)
  }
}
