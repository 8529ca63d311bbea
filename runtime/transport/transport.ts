import type { KubeConfig } from '@kubernetes/client-node'
import { Pool } from 'undici'
import { realClock } from '../clock/clock.ts'
import type { Clock } from '../clock/clock.ts'
import { silentLogger } from '../logging/logger.ts'
import type { Logger } from '../logging/logger.ts'
import type { Metrics } from '../metrics/metrics.ts'
import { isApiError } from './apiError.ts'
import { createConnector } from './connector.ts'
import { credentialsFrom } from './credentials.ts'
import { startDeadline } from './deadline.ts'
import { exchange } from './exchange.ts'
import type { Impersonation, Wiring } from './exchange.ts'
import { createRequestMetrics } from './requestMetrics.ts'
import { retryDelayMs } from './retry.ts'
import type { StreamRequest, TransportRequest } from './request.ts'
import { openStream } from './stream.ts'

/** The one HTTP connection pool of a process to the API server. */
export interface Transport {
  /** Under which name our writes are owned. */
  readonly fieldManager: string
  /** The parsed JSON answer. @throws ApiError */
  request(request: TransportRequest): Promise<unknown>
  /** The parsed lines of an endless answer. Ends when the server ends it. @throws ApiError */
  stream(request: StreamRequest): AsyncGenerator
  close(): Promise<void>
}

export interface TransportOptions {
  readonly kubeConfig: KubeConfig
  /** `<program>/<version>`: how the API server's audit log names us. */
  readonly userAgent: string
  readonly fieldManager: string
  /** Defaults to nobody: the user of the kubeconfig acts in his own name. */
  readonly impersonation?: Impersonation
  /** Defaults to 30,000. */
  readonly defaultDeadlineMs?: number
  /** Defaults to 5. */
  readonly maxRetries?: number
  readonly clock?: Clock
  readonly random?: () => number
  readonly logger?: Logger
  readonly metrics?: Metrics
}

/** Idle connections are closed by us before a load balancer forgets them. */
const idleConnectionMs = 30_000
/** Each watch holds one for good; what is beyond waits its turn, within its deadline. */
const mostConnections = 64

/**
 * Creates the transport for a kubeconfig's current cluster and user.
 *
 * @example
 * const transport = createTransport({ kubeConfig, userAgent: 'operator/1.0', fieldManager: 'operator' })
 * const version = await transport.request({ method: 'GET', path: '/version' })
 */
export function createTransport(options: TransportOptions): Transport {
  const cluster = options.kubeConfig.getCurrentCluster()
  if (cluster === null) throw new Error('the kubeconfig has no current context with a cluster')
  const { clock = realClock, logger = silentLogger, random = Math.random } = options
  const server = new URL(cluster.server)
  const credentials = credentialsFrom(options.kubeConfig, clock)
  const wiring: Wiring = {
    pool: new Pool(server.origin, {
      connect: createConnector(credentials),
      keepAliveTimeout: idleConnectionMs,
      connections: mostConnections,
    }),
    basePath: server.pathname.replace(/\/$/, ''),
    userAgent: options.userAgent,
    credentials,
    impersonation: options.impersonation,
    metrics: createRequestMetrics(server.host, options.metrics),
  }
  const { maxRetries = 5, defaultDeadlineMs = 30_000 } = options

  return {
    fieldManager: options.fieldManager,
    request: async (request) => {
      const deadline = startDeadline(request.deadlineMs ?? defaultDeadlineMs, request.signal)
      const policy = { idempotent: request.retry ?? request.method === 'GET', maxRetries }
      try {
        for (let attempt = 1; ; attempt++) {
          try {
            return await exchange(wiring, request, deadline)
          } catch (error) {
            if (!isApiError(error)) throw error
            const delayMs = retryDelayMs(error, attempt, policy, random())
            if (delayMs === undefined || delayMs >= deadline.remainingMs()) throw error
            const { code, message } = error
            logger.debug('request repeated', { code, message, attempt, delayMs })
            await clock.sleep(delayMs, deadline.signal)
          }
        }
      } finally {
        deadline.clear()
      }
    },
    stream: (request) => openStream(wiring, request),
    // Not close(): that would wait for watches that never end.
    close: () => wiring.pool.destroy(),
  }
}
