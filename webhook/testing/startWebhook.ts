import { readFileSync } from 'node:fs'
import { Agent, request } from 'undici'
import { SYSTEM_NAMESPACE } from '../../api/group.ts'
import { AUTHORITY_SECRET, WEBHOOK, webhookHost } from '../../api/installation.ts'
import { INGRESS_GATEWAYS, SIDECAR_SETS, TRAFFIC_INTERCEPTIONS } from '../../api/v1beta1/kinds.ts'
import { createClient } from '../../runtime/client/client.ts'
import { realClock } from '../../runtime/clock/clock.ts'
import { silentLogger } from '../../runtime/logging/logger.ts'
import type { Metrics } from '../../runtime/metrics/metrics.ts'
import { createMetrics } from '../../runtime/metrics/metrics.ts'
import type { FakeApiServer } from '../../runtime/testing/apiserver.ts'
import { startFakeApiServer } from '../../runtime/testing/apiserver.ts'
import { authorizerOf } from '../../runtime/testing/authorizer.ts'
import { putAuthority } from '../../runtime/testing/authoritySecret.ts'
import { until } from '../../runtime/testing/until.ts'
import { createTransport } from '../../runtime/transport/transport.ts'
import { readConfig } from '../config.ts'
import { createWebhook } from '../webhook.ts'

export interface Answer {
  readonly statusCode: number
  readonly text: string
}

export interface SentRequest {
  /** With its query. */
  readonly path: string
  /** Defaults to POST. */
  readonly method?: string
  /** Defaults to JSON. */
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
}

/** The whole webhook on free ports, beside an API server in memory. */
export interface StartedWebhook {
  readonly apiServer: FakeApiServer
  readonly metrics: Metrics
  /** Where it listens for the API server. */
  port(): number
  /** Where it has `/metrics`. */
  metricsPort(): number
  /** Status of `/readyz`; undefined while nobody listens. */
  readiness(): Promise<number | undefined>
  /** POSTs a body as the API server does, by TLS with the webhook's own authority. */
  post(path: string, body: string): Promise<Answer>
  /** Sends whatever it is told. */
  send(request: SentRequest): Promise<Answer>
  end(): Promise<void>
}

const JSON_BODY = { 'content-type': 'application/json' }

/**
 * @param fill puts what the caches shall find into the API server
 * @param mounted another one's certificate and CA (PEM); the webhook's own by default
 */
export async function startWebhook(
  fill: (apiServer: FakeApiServer) => void,
  mounted?: { readonly directory: string; readonly ca: string },
): Promise<StartedWebhook> {
  const stop = new AbortController()
  const metrics = createMetrics({ processMetrics: true })
  const manifest = new URL('../../manifests/install.yaml', import.meta.url)
  const authorizer = authorizerOf(readFileSync(manifest, 'utf8'), WEBHOOK)
  const apiServer = await startFakeApiServer({ authorizer })
  apiServer.define(SIDECAR_SETS)
  apiServer.define(TRAFFIC_INTERCEPTIONS)
  apiServer.define(INGRESS_GATEWAYS)
  fill(apiServer)
  const authority = { namespace: SYSTEM_NAMESPACE, name: AUTHORITY_SECRET }
  const ca = mounted?.ca ?? (await putAuthority(apiServer, authority))
  const kubeConfig = apiServer.kubeConfig()
  const user = { userAgent: WEBHOOK, fieldManager: WEBHOOK }
  const transport = createTransport({ kubeConfig, metrics, ...user })
  const client = createClient({ transport })
  const config = readConfig({
    AGENT_IMAGE: 'agent:v1',
    CERTIFICATE_DIRECTORY: mounted?.directory,
    WEBHOOK_PORT: '0',
    HEALTH_PORT: '0',
    METRICS_PORT: '0',
  })
  const webhook = createWebhook({ config, client, clock: realClock, logger: silentLogger, metrics })
  const ended = webhook.run(stop.signal)
  const readiness = async (): Promise<number | undefined> => {
    try {
      const { statusCode, body } = await request(`http://127.0.0.1:${webhook.health.port()}/readyz`)
      await body.dump()
      return statusCode
    } catch {
      return undefined
    }
  }
  await until(async () => (await readiness()) === 200, { what: 'the webhook is ready' })
  const https = new Agent({ connect: { ca, servername: webhookHost(SYSTEM_NAMESPACE) } })
  const send = async ({ path, body, method = 'POST', headers = JSON_BODY }: SentRequest) => {
    const answer = await request(`https://127.0.0.1:${webhook.server.port()}${path}`, {
      ...{ method, headers, dispatcher: https },
      ...(body === undefined ? {} : { body }),
    })
    return { statusCode: answer.statusCode, text: await answer.body.text() }
  }
  return {
    apiServer,
    metrics,
    readiness,
    port: () => webhook.server.port(),
    metricsPort: () => webhook.health.port(),
    post: (path, body) => send({ path, body }),
    send,
    end: async () => {
      stop.abort()
      await ended
      await https.close()
      await transport.close()
      await apiServer.stop()
    },
  }
}
