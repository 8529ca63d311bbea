import { createMetrics } from '../metrics/metrics.ts'
import type { Metrics } from '../metrics/metrics.ts'

export interface WebhookMetrics {
  started(webhook: string): void
  ended(webhook: string, code: number, seconds: number): void
  /** A request was refused for a reason, which is an answer and no failure. */
  refused(webhook: string): void
}

/** Creates the metrics of an admission server, under controller-runtime's names. */
export function createWebhookMetrics(
  paths: readonly string[],
  metrics: Metrics = createMetrics(),
): WebhookMetrics {
  const latency = metrics.histogram({
    name: 'controller_runtime_webhook_latency_seconds',
    help: 'Time to answer admission requests, by webhook.',
    labelNames: ['webhook'],
  })
  const total = metrics.counter({
    name: 'controller_runtime_webhook_requests_total',
    help: 'Admission requests, by webhook and HTTP status.',
    labelNames: ['webhook', 'code'],
  })
  const inFlight = metrics.gauge({
    name: 'controller_runtime_webhook_requests_in_flight',
    help: 'Admission requests that are being answered, by webhook.',
    labelNames: ['webhook'],
  })
  const refusals = metrics.counter({
    name: 'admission_webhook_refusals_total',
    help: 'Admission requests that were refused with a reason, by webhook. Those are no errors.',
    labelNames: ['webhook'],
  })
  for (const webhook of paths) {
    refusals.inc({ webhook }, 0)
    inFlight.set({ webhook }, 0)
    latency.zero({ webhook })
    for (const code of ['200', '400', '500']) total.inc({ webhook, code }, 0)
  }
  return {
    refused: (webhook) => {
      refusals.inc({ webhook })
    },
    started: (webhook) => {
      inFlight.inc({ webhook })
    },
    ended: (webhook, code, seconds) => {
      inFlight.dec({ webhook })
      total.inc({ webhook, code: String(code) })
      latency.observe({ webhook }, seconds)
    },
  }
}
