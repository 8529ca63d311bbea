import { Agent, request } from 'undici'
import { SYSTEM_NAMESPACE } from '../../api/group.ts'
import { revisionHash, revisionTemplate } from '../../api/revision.ts'
import { INGRESS_GATEWAYS, SIDECAR_SETS, TRAFFIC_INTERCEPTIONS } from '../../api/v1beta1/kinds.ts'
import type { SidecarSet } from '../../api/v1beta1/sidecarset.ts'
import { createClient } from '../../runtime/client/client.ts'
import { NAMESPACES } from '../../runtime/client/kinds.ts'
import { realClock } from '../../runtime/clock/clock.ts'
import { silentLogger } from '../../runtime/logging/logger.ts'
import { createMetrics } from '../../runtime/metrics/metrics.ts'
import type { FakeApiServer, RecordedRequest } from '../../runtime/testing/apiserver.ts'
import { startFakeApiServer } from '../../runtime/testing/apiserver.ts'
import { putAuthority } from '../../runtime/testing/authoritySecret.ts'
import { until } from '../../runtime/testing/until.ts'
import { createTransport } from '../../runtime/transport/transport.ts'
import { readConfig } from '../../webhook/config.ts'
import { hotContainer, pod, sidecarSet } from '../../webhook/inject/testing/build.ts'
import type { Webhook } from '../../webhook/webhook.ts'
import { createWebhook } from '../../webhook/webhook.ts'
import { AUTHORITY_SECRET } from '../../api/installation.ts'

/** What the webhook asks of the API server from its start on and at work. */
export async function recordWebhook(): Promise<readonly RecordedRequest[]> {
  const authority = { namespace: SYSTEM_NAMESPACE, name: AUTHORITY_SECRET }
  return withWebhook((server) => putAuthority(server, authority), work)
}

async function work(webhook: Webhook, server: FakeApiServer): Promise<void> {
  const failing = sidecarSet({ containers: [hotContainer({ image: 'envoy:bad' })] }, 'failing')
  const failed = revisionHash(revisionTemplate(failing.spec))
  const status = { failedRevision: failed, latestRevision: failed, currentRevision: 'former' }
  const pinned = { customVersion: '7' }
  const patched = sidecarSet({ patchPodMetadata: [{ annotations: { a: 'b' } }] }, 'patched')
  const sets = [
    sidecarSet(),
    { ...failing, status },
    sidecarSet({ injectionStrategy: { revision: pinned } }, 'pinned'),
  ]
  // Unknown to the caches as long as the watches stand still.
  server.stallWatches(true)
  server.put(NAMESPACES, { metadata: { name: 'shop' } })
  for (const set of sets) server.put(SIDECAR_SETS, stored(set))
  const inject = () => review(webhook, '/inject', { kind: 'Pod', ...pod() })
  await inject()
  server.stallWatches(false)
  const isEvent = (method: string) => (one: RecordedRequest) =>
    one.method === method && one.path.includes('/events')
  await until(() => server.requests.some(isEvent('POST')))
  // The same again is counted in the event that is there.
  await until(async () => {
    await inject()
    return server.requests.some(isEvent('PATCH'))
  })
  await review(webhook, '/validate-sidecarset', patched)
  await review(webhook, '/default-sidecarset', patched)
}

async function withWebhook(
  prepare: (server: FakeApiServer) => unknown,
  live: (webhook: Webhook, server: FakeApiServer) => Promise<void>,
): Promise<readonly RecordedRequest[]> {
  const server = await startFakeApiServer({
    kinds: [SIDECAR_SETS, TRAFFIC_INTERCEPTIONS, INGRESS_GATEWAYS],
  })
  await prepare(server)
  const user = { userAgent: 'baton-webhook', fieldManager: 'baton-webhook' }
  const transport = createTransport({ kubeConfig: server.kubeConfig(), ...user })
  const ports = { WEBHOOK_PORT: '0', HEALTH_PORT: '0', METRICS_PORT: '0' }
  const stop = new AbortController()
  const webhook = createWebhook({
    config: readConfig({ AGENT_IMAGE: 'agent:1', ...ports }),
    client: createClient({ transport }),
    clock: realClock,
    logger: silentLogger,
    metrics: createMetrics(),
  })
  const ended = webhook.run(stop.signal)
  try {
    await until(async () => {
      const { statusCode, body } = await request(`http://127.0.0.1:${webhook.health.port()}/readyz`)
      await body.dump()
      return statusCode === 200
    })
    await live(webhook, server)
    return server.requests
  } finally {
    stop.abort()
    await ended
    await transport.close()
    await server.stop()
  }
}

async function review(webhook: Webhook, path: string, object: object): Promise<void> {
  const dispatcher = new Agent({ connect: { rejectUnauthorized: false } })
  const kind = { group: '', version: 'v1', kind: 'Pod' }
  const { body } = await request(`https://127.0.0.1:${webhook.server.port()}${path}`, {
    method: 'POST',
    dispatcher,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      request: {
        ...{ uid: 'u', operation: 'CREATE', kind, userInfo: {}, dryRun: false },
        resource: { group: '', version: 'v1', resource: 'pods' },
        ...{ namespace: 'shop', object },
      },
    }),
  })
  await body.dump()
  await dispatcher.close()
}

function stored(set: SidecarSet) {
  const name = set.metadata.name ?? ''
  return { ...set, metadata: { ...set.metadata, name, uid: `uid-${name}` } }
}
