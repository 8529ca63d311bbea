import express from 'express'
import { createServer } from 'node:https'
import type { ServingCertificate } from '../certificates/servingCertificate.ts'
import { realClock } from '../clock/clock.ts'
import type { Clock } from '../clock/clock.ts'
import { orAborted } from '../clock/orAborted.ts'
import { silentLogger } from '../logging/logger.ts'
import type { Logger } from '../logging/logger.ts'
import type { Runnable } from '../manager/runnable.ts'
import type { Check } from '../metrics/check.ts'
import { closeGracefully, listen } from '../metrics/httpServer.ts'
import type { Metrics } from '../metrics/metrics.ts'
import type { AdmissionHandler } from './admission.ts'
import { createEndpoint } from './endpoint.ts'
import { failedReview } from './review.ts'
import { createWebhookMetrics } from './webhookMetrics.ts'

export interface WebhookServerOptions {
  /** 0 takes any free one. */
  readonly port: number
  /** Defaults to all addresses, IPv4 and IPv6. */
  readonly host?: string
  readonly certificate: Pick<ServingCertificate, 'current' | 'onChange' | 'ready'>
  /** By path, e.g. `/mutate-pods`. */
  readonly handlers: Readonly<Record<string, AdmissionHandler>>
  /** Defaults to 10,000; shorter when the API server says it will not wait as long. */
  readonly handlerDeadlineMs?: number
  /** For how long it still serves, not ready any more, when told to stop. Defaults to 3,000. */
  readonly drainMs?: number
  readonly logger?: Logger
  readonly metrics?: Metrics
  readonly clock?: Clock
}

export interface WebhookServer extends Runnable {
  /** Once it listens. */
  port(): number
  ready(signal: AbortSignal): Promise<void>
  /** For readiness: wrong before it listens and when it stops. */
  readonly check: Check
}

/**
 * The API server keeps idle connections for 90 s. We must keep them longer: a request it sends into a
 * connection that we are closing is lost, and with it the user's write.
 */
const keepAliveMs = 120_000
const graceMs = 5_000

/** Creates an admission server; it listens when run and when there is a certificate. */
export function createWebhookServer(options: WebhookServerOptions): WebhookServer {
  const { certificate, handlers, handlerDeadlineMs = 10_000, drainMs = 3_000 } = options
  const { logger = silentLogger, clock = realClock } = options
  const listening = Promise.withResolvers<undefined>()
  const metrics = createWebhookMetrics(Object.keys(handlers), options.metrics)
  let port = options.port
  let state: 'starting' | 'serving' | 'stopping' = 'starting'

  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.use((_request, response, next) => {
    // The API server shall look for another replica with its next request.
    if (state === 'stopping') response.setHeader('connection', 'close')
    next()
  })
  for (const [path, handler] of Object.entries(handlers)) {
    app.use(createEndpoint({ path, handler, handlerDeadlineMs, logger, metrics }))
  }
  app.use((request, response) => {
    response.status(404).json(failedReview('', 404, `there is no webhook at ${request.path}`))
  })

  return {
    name: 'webhook server',
    port: () => port,
    ready: (signal) => orAborted(listening.promise, signal),
    check: () => (state === 'serving' ? undefined : `the webhook server is ${state}`),
    run: async (signal) => {
      await certificate.ready(signal)
      if (signal.aborted) return
      const tls = { minVersion: 'TLSv1.2' } as const
      const server = createServer({ ...tls, ...materialOf(certificate) }, app)
      server.keepAliveTimeout = keepAliveMs
      // Connections there are keep what they agreed on; new ones get the new certificate.
      const unsubscribe = certificate.onChange(() => {
        server.setSecureContext({ ...tls, ...materialOf(certificate) })
      })
      port = await listen(server, options.port, options.host)
      state = 'serving'
      listening.resolve(undefined)
      logger.info('webhooks served', { port })
      await orAborted(new Promise((_resolve, reject) => server.once('error', reject)), signal)
      // Endpoints learn of it from our readiness, and the API server from them.
      state = 'stopping'
      await clock.sleep(drainMs)
      await closeGracefully(server, graceMs)
      unsubscribe()
    },
  }
}

function materialOf(certificate: Pick<ServingCertificate, 'current'>): {
  cert: string
  key: string
} {
  const current = certificate.current()
  if (current === undefined) throw new Error('there is no certificate to serve with')
  return { cert: current.cert, key: current.key }
}
