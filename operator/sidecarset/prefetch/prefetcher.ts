import type { StoredSidecarSet } from '../../../api/v1beta1/kinds.ts'
import type { Pod } from '../../../runtime/client/kinds.ts'
import type { ResourceClient } from '../../../runtime/client/resource.ts'
import { isApiError } from '../../../runtime/transport/apiError.ts'
import type { ImageState } from '../rollout/starts.ts'
import { PREFETCH_IMAGE, prefetchPod } from './prefetchPod.ts'
import { readPrefetch } from './readPrefetch.ts'

export interface PrefetcherOptions {
  readonly pods: ResourceClient<Pod>
  readonly agentImage: string
  readonly namespace: string
  readonly clock: { now(): number }
  /** Prefetch pods of a set, from the cache. */
  readonly prefetchPods: (set: string) => readonly Pod[]
  /** Does a sidecar of a pod on the node run this image? */
  readonly inUse: (node: string, image: string) => boolean
}

/** Sees to it that images are on nodes before pods there are touched. */
export interface Prefetcher {
  state(set: StoredSidecarSet, node: string, image: string): ImageState
  /** Creates the pods that are wanted and missing, deletes those that are not wanted any more. */
  ensure(
    set: StoredSidecarSet,
    wanted: readonly { readonly node: string; readonly image: string }[],
    signal: AbortSignal,
  ): Promise<void>
}

/** The kubelet may collect an unused image some time after it was pulled. */
const TRUST_MS = 10 * 60 * 1000
/** A pod that ended without pulling (evicted, no room on the node) is replaced after this time. */
const RETRY_MS = 30_000

export function createPrefetcher(options: PrefetcherOptions): Prefetcher {
  const { pods, agentImage, namespace, clock, prefetchPods, inUse } = options
  /** When `node image` was seen to be there. */
  const pulled = new Map<string, number>()

  const read = (set: StoredSidecarSet, pod: Pod): ImageState => {
    const deadlineSeconds = set.spec.updateStrategy?.progressDeadlineSeconds ?? 600
    return readPrefetch(pod, { now: clock.now(), deadlineSeconds })
  }
  const remember = (set: StoredSidecarSet): void => {
    for (const pod of prefetchPods(set.metadata.name)) {
      if (read(set, pod).kind === 'present') pulled.set(pairOf(pod), clock.now())
    }
  }

  return {
    state: (set, node, image) => {
      remember(set)
      const pair = `${node} ${image}`
      const trusted = clock.now() - (pulled.get(pair) ?? 0) < TRUST_MS
      if (trusted || inUse(node, image)) return { kind: 'present' }
      const pod = prefetchPods(set.metadata.name).find((one) => pairOf(one) === pair)
      return pod === undefined ? { kind: 'pulling' } : read(set, pod)
    },
    ensure: async (set, wanted, signal) => {
      remember(set)
      const wantedPairs = new Set(wanted.map(({ node, image }) => `${node} ${image}`))
      const present = prefetchPods(set.metadata.name)
      for (const pod of present) {
        if (pod.metadata.deletionTimestamp !== undefined) continue
        const { uid } = pod.metadata
        if (wantedPairs.has(pairOf(pod)) && !isSpent(pod, clock.now())) continue
        const guard = uid === undefined ? {} : { uid }
        await ignoring('NotFound', () => pods.delete(pod.metadata, { signal, ...guard }))
      }
      const presentPairs = new Set(present.map(pairOf))
      for (const { node, image } of wanted) {
        if (presentPairs.has(`${node} ${image}`)) continue
        const pod = prefetchPod({ set, node, image, agentImage, namespace })
        await ignoring('AlreadyExists', () => pods.create(pod, { signal }))
      }
    },
  }
}

function pairOf(pod: Pod): string {
  return `${pod.spec?.nodeName ?? ''} ${pod.metadata.annotations?.[PREFETCH_IMAGE] ?? ''}`
}

function isSpent(pod: Pod, now: number): boolean {
  const created = Date.parse(pod.metadata.creationTimestamp ?? '') || now
  return pod.status?.phase === 'Failed' && now - created > RETRY_MS
}

async function ignoring(
  code: 'NotFound' | 'AlreadyExists',
  write: () => Promise<unknown>,
): Promise<void> {
  try {
    await write()
  } catch (error) {
    if (!isApiError(error, code)) throw error
  }
}
