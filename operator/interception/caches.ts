import { claimantOf, selectsPod } from '../../api/interception/claims.ts'
import { TRAFFIC_INTERCEPTIONS } from '../../api/v1beta1/kinds.ts'
import type { StoredTrafficInterception } from '../../api/v1beta1/kinds.ts'
import { createInformer } from '../../runtime/cache/informer.ts'
import type { Informer, InformerOptions } from '../../runtime/cache/informer.ts'
import type { Client } from '../../runtime/client/client.ts'
import { NODES } from '../../runtime/client/kinds.ts'
import type { Node, Pod } from '../../runtime/client/kinds.ts'
import type { KubeObject } from '../../runtime/client/objects.ts'
import { isOver } from '../sidecarset/rollout/podStatus.ts'
import type { LostPods } from './conditions.ts'

/** What the operator keeps in memory for interception. */
export interface InterceptionCaches {
  readonly objects: Informer<StoredTrafficInterception>
  /** Names and labels. */
  readonly nodes: Informer<Node>
  /** All pods of the cluster; see podIndexers.ts. */
  readonly pods: Informer<Pod>
}

export function createInterceptionCaches(
  client: Client,
  pods: Informer<Pod>,
  shared: Pick<InformerOptions<KubeObject>, 'clock' | 'random' | 'logger' | 'metrics'>,
): InterceptionCaches {
  return {
    objects: createInformer({
      ...shared,
      resource: client.resource(TRAFFIC_INTERCEPTIONS),
      indexers: { namespace: ({ metadata }) => [metadata.namespace] },
    }),
    nodes: createInformer({
      ...shared,
      resource: client.resource(NODES),
      transform: ({ metadata: { name, resourceVersion, labels } }) => ({
        metadata: {
          name,
          ...(resourceVersion === undefined ? {} : { resourceVersion }),
          ...(labels === undefined ? {} : { labels }),
        },
      }),
    }),
    pods,
  }
}

/** Whose pods are whose, as one object sees it. */
export interface PodsOfObject {
  readonly own: readonly Pod[]
  /** Told by this object, and nobody's now. */
  readonly leaving: readonly Pod[]
  readonly lost: LostPods
}

/** @param key namespace/name of the object, which may be gone */
export function podsOf(caches: InterceptionCaches, key: string): PodsOfObject {
  const [namespace = '', name = ''] = key.split('/')
  const objects = caches.objects.byIndex('namespace', namespace)
  const object = caches.objects.get(key)
  const own: Pod[] = []
  const lost = new Map<string, string[]>()
  const owner = (pod: Pod) => claimantOf(pod, objects, labelsOfNode(caches, pod))
  if (object !== undefined && object.metadata.deletionTimestamp === undefined) {
    for (const pod of caches.pods.byIndex('namespace', namespace)) {
      if (isOver(pod) || !selectsPod(object, pod, labelsOfNode(caches, pod))) continue
      const winner = owner(pod)?.metadata.name ?? name
      if (winner === name) own.push(pod)
      else lost.set(winner, [...(lost.get(winner) ?? []), `${namespace}/${pod.metadata.name}`])
    }
  }
  const told = caches.pods.byIndex('interceptedBy', key)
  const leaving = told.filter((pod) => !isOver(pod) && owner(pod) === undefined)
  return { own, leaving, lost }
}

/** Undefined while the pod has no node, or nothing is known of it. */
export function labelsOfNode(
  { nodes }: Pick<InterceptionCaches, 'nodes'>,
  pod: Pod,
): Readonly<Record<string, string>> | undefined {
  const node = nodes.get(pod.spec?.nodeName ?? '')
  return node === undefined ? undefined : (node.metadata.labels ?? {})
}
