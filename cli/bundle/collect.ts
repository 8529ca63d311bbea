import { SYSTEM_NAMESPACE } from '../../api/group.ts'
import { INGRESS_GATEWAYS, SIDECAR_SETS, TRAFFIC_INTERCEPTIONS } from '../../api/v1beta1/kinds.ts'
import type { StoredSidecarSet } from '../../api/v1beta1/kinds.ts'
import { GATEWAY_LABEL } from '../../api/gateway/subject.ts'
import { listSubjects } from '../cluster/subjects.ts'
import {
  CONTROLLER_REVISIONS,
  DEPLOYMENTS,
  EVENTS,
  LEASES,
  MUTATING_WEBHOOK_CONFIGURATIONS,
  NODES,
  PODS,
  VALIDATING_WEBHOOK_CONFIGURATIONS,
} from '../../runtime/client/kinds.ts'
import type { ResourceKind } from '../../runtime/client/kinds.ts'
import type { KubeObject } from '../../runtime/client/objects.ts'
import type { ListOptions } from '../../runtime/client/options.ts'
import { checks } from '../check/checks.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { readRollout } from '../rollout/readRollout.ts'
import { revisionTree } from '../status/tree.ts'
import { whySet } from '../why/why.ts'

/** One part of a bundle: what it is called, and how it is read. */
export interface Part {
  readonly name: string
  readonly read: () => Promise<unknown>
}

export interface CollectOptions {
  readonly cluster: Cluster
  readonly now: number
  /** Lines of each log. */
  readonly logLines: number
  /** Of the set that it is about; all without it. */
  readonly set: string | undefined
}

/** Pods of sets, at most so many: those of one rollout look alike. */
const MOST_PODS = 200

/** Everything that helps to understand a problem, the most telling first. No Secrets, no ConfigMaps. */
export function partsOf(options: CollectOptions): readonly Part[] {
  const { cluster, now, set } = options
  const { client } = cluster
  const listed = <T extends KubeObject>(
    name: string,
    kind: ResourceKind<T>,
    select: ListOptions = {},
  ): Part => ({
    name,
    read: async () => (await client.resource(kind).list(select)).items,
  })
  const own = { namespace: SYSTEM_NAMESPACE }
  return [
    { name: 'check', read: () => checkAll(cluster, now) },
    { name: 'why', read: () => rollouts(options) },
    listed('sidecarsets', SIDECAR_SETS),
    listed('trafficinterceptions', TRAFFIC_INTERCEPTIONS),
    listed('ingressgateways', INGRESS_GATEWAYS),
    listed('gatewayDeployments', DEPLOYMENTS, { labelSelector: GATEWAY_LABEL }),
    listed('deployments', DEPLOYMENTS, own),
    listed('systemPods', PODS, own),
    listed('leases', LEASES, own),
    listed('revisions', CONTROLLER_REVISIONS, own),
    listed('mutatingWebhooks', MUTATING_WEBHOOK_CONFIGURATIONS),
    listed('validatingWebhooks', VALIDATING_WEBHOOK_CONFIGURATIONS),
    listed('systemEvents', EVENTS, own),
    listed('setEvents', EVENTS, {
      fieldSelector: `involvedObject.kind=SidecarSet${set === undefined ? '' : `,involvedObject.name=${set}`}`,
    }),
    listed('nodes', NODES),
    { name: 'logs', read: () => logs(options) },
  ]
}

async function checkAll(cluster: Cluster, now: number): Promise<unknown> {
  const results = []
  for (const { id, run } of checks) {
    results.push({ id, ...(await run(cluster, now).catch(failureOf)) })
  }
  return results
}

function failureOf(error: unknown): { readonly status: string; readonly sentence: string } {
  return { status: 'Skipped', sentence: error instanceof Error ? error.message : String(error) }
}

async function rollouts({ cluster, now, set }: CollectOptions): Promise<unknown> {
  const items = await listSubjects(cluster)
  const chosen = items.filter(({ metadata }) => set === undefined || metadata.name === set)
  return Promise.all(chosen.map((one) => rolloutOf(cluster, one, now)))
}

async function rolloutOf(cluster: Cluster, set: StoredSidecarSet, now: number): Promise<unknown> {
  const rollout = await readRollout(cluster, set, { now, agents: 'busy' })
  return {
    why: whySet(rollout),
    revisions: revisionTree(rollout),
    pods: rollout.pods.slice(0, MOST_PODS),
    podsLeftOut: Math.max(0, rollout.pods.length - MOST_PODS),
    agents: Object.fromEntries([...rollout.agents].slice(0, MOST_PODS)),
  }
}

/** The last lines of operator and webhook, which log JSON. */
async function logs({ cluster, logLines }: CollectOptions): Promise<unknown> {
  const { client } = cluster
  const { items } = await client.resource(PODS).list({ namespace: SYSTEM_NAMESPACE })
  const found: Record<string, unknown> = {}
  for (const { metadata, spec } of items) {
    for (const { name: container } of spec?.containers ?? []) {
      const path = `/api/v1/namespaces/${SYSTEM_NAMESPACE}/pods/${metadata.name}/log`
      const lines: unknown[] = []
      try {
        const query = { container, tailLines: String(logLines) }
        const signal = AbortSignal.timeout(10_000)
        for await (const line of client.transport.stream({ path, query, signal })) lines.push(line)
      } catch (error) {
        lines.push(failureOf(error).sentence)
      }
      found[`${metadata.name}/${container}`] = lines
    }
  }
  return found
}
