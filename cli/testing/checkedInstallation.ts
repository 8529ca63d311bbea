import { createServer } from 'node:https'
import type { Server } from 'node:https'
import { SIDECAR_SETS } from '../../api/v1beta1/kinds.ts'
import { definitions } from '../../crds/definitions.ts'
import { aSet, agentSays, aHandover } from '../../operator/testing/build.ts'
import { injectionConfiguration } from '../../operator/webhookconfiguration/manifests.ts'
import { labelsOf } from '../../manifests/names.ts'
import { createCa, createLeaf } from '../../runtime/certificates/x509.ts'
import { listen } from '../../runtime/metrics/httpServer.ts'
import {
  CUSTOM_RESOURCE_DEFINITIONS,
  DEPLOYMENTS,
  LEASES,
  MUTATING_WEBHOOK_CONFIGURATIONS,
  NODES,
  PODS,
} from '../../runtime/client/kinds.ts'
import type { Node } from '../../runtime/client/kinds.ts'
import { webPod } from './cluster.ts'
import type { CliCluster } from './cluster.ts'

/** When all is well in it. */
export const NOW = Date.parse('2025-01-01T00:10:00Z')
export const DAY_MS = 86_400_000
export function node(name: string, kernelVersion: string, architecture = 'amd64'): Node {
  const nodeInfo = { kernelVersion, architecture, operatingSystem: 'linux' }
  return { metadata: { name }, status: { nodeInfo } } as unknown as Node
}

export function deployment(
  name: string,
  readyReplicas: number,
  image = 'baton.dev/operator:v0.1.0',
) {
  const env = [{ name: 'AGENT_IMAGE', value: 'agent:1' }]
  return {
    metadata: { name, namespace: 'baton-system' },
    spec: {
      replicas: 2,
      selector: {},
      template: { spec: { containers: [{ name: 'main', image, env }] } },
    },
    status: { readyReplicas },
  }
}

export function definitionOf(definition: (typeof definitions)[number], change: object = {}) {
  const { spec } = definition
  return {
    metadata: { name: `${spec.names.plural}.${spec.group}` },
    spec: { ...spec, ...change },
    status: { conditions: [{ type: 'Established', status: 'True' }] },
  }
}

export function lease(renewTime: string) {
  return {
    metadata: { name: 'baton-operator', namespace: 'baton-system' },
    spec: { holderIdentity: 'operator-a', renewTime, leaseDurationSeconds: 15 },
  }
}

/** An installation that is well. */
export async function install({ server }: CliCluster): Promise<void> {
  server.put(NODES, node('node-a', '6.1.0-40-amd64'))
  for (const one of definitions) {
    server.put(CUSTOM_RESOURCE_DEFINITIONS, definitionOf(one))
  }
  for (const name of ['baton-operator', 'baton-webhook']) {
    server.put(DEPLOYMENTS, deployment(name, 2))
  }
  server.put(LEASES, lease('2025-01-01T00:09:55.000000Z'))
  configure({ server })
  await serveWebhook({ server })
  server.put(PODS, webPod('web-a', 'proxy:1'))
  server.serve(
    '/api/v1/namespaces/default/pods/web-a:15020/proxy/status',
    agentSays(aHandover('r-1')),
  )
  server.put(SIDECAR_SETS, aSet())
}

export function configure(
  { server }: Pick<CliCluster, 'server'>,
  caBundle = ca.certificate,
  sets = [aSet()],
): void {
  const configuration = injectionConfiguration(sets, {
    namespace: 'baton-system',
    caBundle,
    failurePolicy: 'Fail',
  })
  server.put(MUTATING_WEBHOOK_CONFIGURATIONS, configuration)
}

const ca = await createCa('baton', NOW - DAY_MS, 3_650 * DAY_MS)
const HOST = 'baton-webhook.baton-system.svc'
/** Those that serve: whoever starts them closes them. */
export const webhooks: Server[] = []

/** A replica of the webhook that really serves TLS, and the port of its pod that leads there. */
export async function serveWebhook(
  { server }: Pick<CliCluster, 'server'>,
  { signer = ca, name = HOST, from = NOW, lifetimeMs = DAY_MS } = {},
): Promise<void> {
  const leaf = await createLeaf(signer, [name], from, lifetimeMs)
  const webhook = createServer({ cert: leaf.certificate, key: leaf.key })
  webhooks.push(webhook)
  const pod = {
    metadata: {
      name: 'baton-webhook-1',
      namespace: 'baton-system',
      labels: labelsOf('baton-webhook'),
    },
    spec: { containers: [] },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
  }
  server.put(PODS, pod)
  server.forward(pod.metadata, 9443, await listen(webhook, 0, '127.0.0.1'))
}
