import { REVISION_SET_LABEL } from '../../api/revision.ts'
import { podRevisions } from '../../api/podRecord.ts'
import { INGRESS_GATEWAYS, SIDECAR_SETS } from '../../api/v1beta1/kinds.ts'
import type { StoredIngressGateway, StoredSidecarSet } from '../../api/v1beta1/kinds.ts'
import { createInformer } from '../../runtime/cache/informer.ts'
import type { Informer, InformerOptions } from '../../runtime/cache/informer.ts'
import type { Client } from '../../runtime/client/client.ts'
import {
  CONTROLLER_REVISIONS,
  MUTATING_WEBHOOK_CONFIGURATIONS,
  NAMESPACES,
  PODS,
} from '../../runtime/client/kinds.ts'
import type {
  ControllerRevision,
  MutatingWebhookConfiguration,
  Namespace,
  Pod,
} from '../../runtime/client/kinds.ts'
import type { KubeObject } from '../../runtime/client/objects.ts'
import { createSubjects, setNameOf } from '../gateway/subjects.ts'
import type { Subjects } from '../gateway/subjects.ts'
import { podIndexers } from '../interception/podIndexers.ts'
import { INJECTION_CONFIGURATION } from '../webhookconfiguration/manifests.ts'
import { keptPod } from './keptPod.ts'
import { PREFETCH_LABEL } from './prefetch/prefetchPod.ts'
import { containerStatus } from './rollout/podStatus.ts'

/** What the operator keeps in memory of the cluster. */
export interface Caches {
  readonly sets: Informer<StoredSidecarSet>
  /** Indexed by `set`: the name of the set that each amounts to. */
  readonly gateways: Informer<StoredIngressGateway>
  /** What is rolled out: the sets, and those that gateways amount to. */
  readonly subjects: Subjects
  readonly pods: Informer<Pod>
  readonly namespaces: Informer<Namespace>
  readonly revisions: Informer<ControllerRevision>
  /** The injection configuration alone. */
  readonly injection: Informer<MutatingWebhookConfiguration>
  /** Names of the sets that are in a pod of the cache. */
  readonly setsOf: (pod: Pod) => readonly string[]
}

export interface CachesOptions {
  readonly client: Client
  /** The operator's namespace. */
  readonly namespace: string
  readonly shared: Pick<
    InformerOptions<KubeObject>,
    'clock' | 'random' | 'logger' | 'metrics' | 'idleTimeoutMs'
  >
}

export function createCaches({ client, namespace, shared }: CachesOptions): Caches {
  const setsOf = createSetsOf()
  const isOurs = (pod: Pod): boolean =>
    pod.metadata.labels?.[PREFETCH_LABEL] !== undefined || setsOf(pod).length > 0
  const sets = createInformer({ ...shared, resource: client.resource(SIDECAR_SETS) })
  const gateways = createInformer({
    ...shared,
    resource: client.resource(INGRESS_GATEWAYS),
    indexers: { set: (gateway) => [setNameOf(gateway)] },
  })
  return {
    setsOf,
    sets,
    gateways,
    subjects: createSubjects(sets, gateways),
    pods: createInformer({
      ...shared,
      resource: client.resource(PODS),
      transform: (pod) => keptPod(pod, isOurs(pod)),
      indexers: {
        set: setsOf,
        prefetch: (pod) => {
          const set = pod.metadata.labels?.[PREFETCH_LABEL]
          return set === undefined || pod.metadata.namespace !== namespace ? [] : [set]
        },
        runningImage: (pod) => (setsOf(pod).length === 0 ? [] : runningImages(pod)),
        ...podIndexers,
      },
    }),
    namespaces: createInformer({ ...shared, resource: client.resource(NAMESPACES) }),
    revisions: createInformer({
      ...shared,
      resource: client.resource(CONTROLLER_REVISIONS),
      namespace,
      labelSelector: REVISION_SET_LABEL,
      indexers: { set: (revision) => [revision.metadata.labels?.[REVISION_SET_LABEL] ?? ''] },
    }),
    injection: createInformer({
      ...shared,
      resource: client.resource(MUTATING_WEBHOOK_CONFIGURATIONS),
      fieldSelector: `metadata.name=${INJECTION_CONFIGURATION}`,
    }),
  }
}

/** A pod is asked at each of its changes by several indexes and watches: it is read once. */
function createSetsOf(): (pod: Pod) => readonly string[] {
  const known = new WeakMap<Pod, readonly string[]>()
  return (pod) => {
    const before = known.get(pod)
    if (before !== undefined) return before
    const sets = Object.keys(podRevisions(pod.metadata.annotations))
    known.set(pod, sets)
    return sets
  }
}

/** `node image` for each container that runs in a pod. */
function runningImages(pod: Pod): readonly string[] {
  const node = pod.spec?.nodeName
  if (node === undefined) return []
  const { containers = [], initContainers = [] } = pod.spec ?? {}
  return [...containers, ...initContainers]
    .filter(({ name }) => containerStatus(pod, name)?.state?.running !== undefined)
    .map(({ image = '' }) => `${node} ${image}`)
}
