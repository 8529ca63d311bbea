import { createMetrics } from '../metrics/metrics.ts'
import type { Metrics } from '../metrics/metrics.ts'
import { renewAtMs } from './rotation.ts'
import type { Validity } from './rotation.ts'

/**
 * Gives the function that tells of a certificate. What is too little time left depends on how long
 * it lives, so it is told too when it is to be renewed.
 */
export function createExpiryMetric(
  certificate: string,
  metrics: Metrics = createMetrics(),
): (validity: Validity) => void {
  const labelNames = ['certificate'] as const
  const expiration = metrics.gauge({
    name: 'certificate_expiration_timestamp_seconds',
    help: 'When a certificate expires, in seconds since the epoch, by certificate.',
    labelNames,
  })
  const renewal = metrics.gauge({
    name: 'certificate_renewal_timestamp_seconds',
    help: 'When a certificate is to be renewed, in seconds since the epoch, by certificate.',
    labelNames,
  })
  return (validity) => {
    expiration.set({ certificate }, validity.notAfterMs / 1000)
    renewal.set({ certificate }, renewAtMs(validity) / 1000)
  }
}
