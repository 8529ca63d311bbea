import type { V1EndpointSlice } from '@kubernetes/client-node'
import type { Informer } from '../../runtime/cache/informer.ts'
import { createInformer } from '../../runtime/cache/informer.ts'
import type { Client } from '../../runtime/client/client.ts'
import type { Pod, ResourceKind } from '../../runtime/client/kinds.ts'
import { PODS } from '../../runtime/client/kinds.ts'
import type { KubeObject } from '../../runtime/client/objects.ts'
import type { Wire } from '../../runtime/client/wire.ts'

export type EndpointSlice = Wire<V1EndpointSlice>

export const ENDPOINT_SLICES: ResourceKind<EndpointSlice> = {
  group: 'discovery.k8s.io',
  version: 'v1',
  kind: 'EndpointSlice',
  plural: 'endpointslices',
  namespaced: true,
}

/** One change of what the cluster thinks of a pod, as a watch saw it. */
export interface ReadinessChange {
  readonly at: string
  readonly object: string
  readonly before: string
  readonly after: string
}

export interface ReadinessWatch {
  /** Every change since the watch began. */
  changes(): readonly ReadinessChange[]
  stop(): Promise<void>
}

/**
 * Records every change of the Ready condition of the namespace's pods and of its EndpointSlices.
 * It watches instead of polling, since a flap of a few milliseconds is a flap all the same.
 */
export async function watchReadiness(client: Client, namespace: string): Promise<ReadinessWatch> {
  const stop = new AbortController()
  const changes: ReadinessChange[] = []
  const pods = createInformer({ resource: client.resource(PODS), namespace })
  const slices = createInformer({ resource: client.resource(ENDPOINT_SLICES), namespace })
  const runs = [pods.run(stop.signal), slices.run(stop.signal)]
  await Promise.all([pods.ready(stop.signal), slices.ready(stop.signal)])
  record(pods, changes, podReadiness)
  record(slices, changes, sliceReadiness)
  return {
    changes: () => [...changes],
    stop: async () => {
      stop.abort()
      await Promise.all(runs)
    },
  }
}

function record<T extends KubeObject>(
  informer: Informer<T>,
  changes: ReadinessChange[],
  describe: (object: T) => string,
): void {
  let replaying = true
  informer.onChange((key, before, after) => {
    if (replaying) return
    const from = before === undefined ? 'absent' : describe(before)
    const to = after === undefined ? 'absent' : describe(after)
    if (from === to) return
    changes.push({
      at: new Date().toISOString(),
      object: `${informer.name} ${key}`,
      before: from,
      after: to,
    })
  })
  replaying = false
}

function podReadiness(pod: Pod): string {
  const condition = pod.status?.conditions?.find(({ type }) => type === 'Ready')
  return `Ready=${condition?.status ?? 'Unknown'}`
}

function sliceReadiness(slice: EndpointSlice): string {
  const endpoints = (slice.endpoints ?? []).map(
    ({ addresses, conditions }) =>
      `${addresses.join('+')}:${String(conditions?.ready)}/${String(conditions?.serving)}`,
  )
  return endpoints.sort().join(' ')
}
