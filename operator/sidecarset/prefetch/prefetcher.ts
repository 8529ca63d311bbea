import type { StoredSidecarSet } from '../../../api/v1beta1/kinds.ts'
import type { Pod } from '../../../runtime/client/kinds.ts'
import type { ResourceClient } from '../../../runtime/client/resource.ts'
import { isApiError } from '../../../runtime/transport/apiError.ts'
import type { ImageState } from '../rollout/starts.ts'
import { eachLimited } from '../eachLimited.ts'
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
  /** Nodes that pull for one set at the same time: registries have limits too. Defaults to 50. */
  readonly pullsAtATime?: number
}

/** Sees to it that images are on nodes before pods there are touched. */
export interface Prefetcher {
  /** Whether nodes have images, as it is known at this moment. */
  look(set: StoredSidecarSet): (node: string, image: string) => ImageState
  /**
   * Creates the pods that are wanted and missing, as many as may pull at the same time, and deletes
   * those that are not wanted any more.
   * @param kept images of which pods stay that have pulled: a rollout of them goes on
   */
  ensure(
    set: StoredSidecarSet,
    wanted: readonly { readonly node: string; readonly image: string }[],
    kept: ReadonlySet<string>,
    signal: AbortSignal,
  ): Promise<void>
}

/** The kubelet may collect an unused image some time after it was pulled. */
const TRUST_MS = 10 * 60 * 1000
const PULLS_AT_A_TIME = 50
const WRITES_AT_A_TIME = 8
/** A pod that ended without pulling (evicted, no room on the node) is replaced after this time. */
const RETRY_MS = 30_000

export function createPrefetcher(options: PrefetcherOptions): Prefetcher {
  const { pods, agentImage, namespace, clock, prefetchPods, inUse } = options
  const { pullsAtATime = PULLS_AT_A_TIME } = options
  /** When the pod was made that has pulled an image, by `node image`. */
  const pulled = new Map<string, number>()

  const read = (set: StoredSidecarSet, pod: Pod): ImageState => {
    const deadlineSeconds = set.spec.updateStrategy?.progressDeadlineSeconds ?? 600
    return readPrefetch(pod, { now: clock.now(), deadlineSeconds })
  }
  const remember = (set: StoredSidecarSet): void => {
    for (const pod of prefetchPods(set.metadata.name)) {
      if (read(set, pod).kind === 'present') pulled.set(pairOf(pod), createdAt(pod, clock.now()))
    }
  }
  const isFresh = (pod: Pod): boolean => clock.now() - createdAt(pod, 0) < TRUST_MS
  const forgetOld = (): void => {
    const now = clock.now()
    for (const [key, at] of pulled) if (now - at >= TRUST_MS) pulled.delete(key)
  }
  /** What is known now, each pair looked at once: thousands of pods ask for the same few. */
  const lookNow = (set: StoredSidecarSet): ((node: string, image: string) => ImageState) => {
    remember(set)
    const byPair = new Map(prefetchPods(set.metadata.name).map((pod) => [pairOf(pod), pod]))
    const known = new Map<string, ImageState>()
    return (node, image) => {
      const key = pair(node, image)
      const before = known.get(key)
      if (before !== undefined) return before
      const trusted = clock.now() - (pulled.get(key) ?? 0) < TRUST_MS
      const pod = byPair.get(key)
      const state: ImageState =
        trusted || inUse(node, image)
          ? { kind: 'present' }
          : pod === undefined
            ? { kind: 'pulling' }
            : read(set, pod)
      known.set(key, state)
      return state
    }
  }

  return {
    look: lookNow,
    ensure: async (set, wanted, kept, signal) => {
      remember(set)
      forgetOld()
      const wantedPairs = new Set(wanted.map(({ node, image }) => pair(node, image)))
      const present = prefetchPods(set.metadata.name)
      const isNeeded = (pod: Pod): boolean => {
        if (wantedPairs.has(pairOf(pod))) return !isSpent(pod, clock.now())
        // It tells an operator that takes over that the image is there.
        return kept.has(imageOf(pod)) && read(set, pod).kind === 'present' && isFresh(pod)
      }
      const surplus = present.filter(
        (pod) => pod.metadata.deletionTimestamp === undefined && !isNeeded(pod),
      )
      await eachLimited(surplus, WRITES_AT_A_TIME, async (pod) => {
        const { uid } = pod.metadata
        const guard = uid === undefined ? {} : { uid }
        await ignoring('NotFound', () => pods.delete(pod.metadata, { signal, ...guard }))
      })
      const presentPairs = new Set(present.map(pairOf))
      const pulling = present.filter((pod) => read(set, pod).kind === 'pulling').length
      const missing = wanted.filter(({ node, image }) => !presentPairs.has(pair(node, image)))
      const room = Math.max(0, pullsAtATime - pulling)
      await eachLimited(missing.slice(0, room), WRITES_AT_A_TIME, async ({ node, image }) => {
        const pod = prefetchPod({ set, node, image, agentImage, namespace })
        await ignoring('AlreadyExists', () => pods.create(pod, { signal }))
      })
    },
  }
}

function pair(node: string, image: string): string {
  return `${node} ${image}`
}

function pairOf(pod: Pod): string {
  return pair(pod.spec?.nodeName ?? '', imageOf(pod))
}

function imageOf(pod: Pod): string {
  return pod.metadata.annotations?.[PREFETCH_IMAGE] ?? ''
}

function isSpent(pod: Pod, now: number): boolean {
  return pod.status?.phase === 'Failed' && now - createdAt(pod, now) > RETRY_MS
}

function createdAt({ metadata }: Pod, otherwise: number): number {
  return Date.parse(metadata.creationTimestamp ?? '') || otherwise
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
