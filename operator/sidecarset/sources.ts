import { isDeepStrictEqual } from 'node:util'
import { REVISION_SET_LABEL } from '../../api/revision.ts'
import { watches } from '../../runtime/controller/source.ts'
import type { Source } from '../../runtime/controller/source.ts'
import type { Caches } from './caches.ts'
import { PREFETCH_LABEL } from './prefetch/prefetchPod.ts'

/** What makes the operator look at a SidecarSet again. */
export function sidecarSetSources(caches: Caches, measurements: Source): readonly Source[] {
  const allSets = (): readonly string[] => caches.subjects.list().map((set) => set.metadata.name)
  return [
    watches(caches.subjects),
    measurements,
    watches(caches.pods, (pod) => {
      const prefetchFor = pod.metadata.labels?.[PREFETCH_LABEL]
      return prefetchFor === undefined ? caches.setsOf(pod) : [prefetchFor]
    }),
    watches(
      caches.namespaces,
      allSets,
      (before, after) => !isDeepStrictEqual(before.metadata.labels, after.metadata.labels),
    ),
    watches(caches.revisions, (revision) => {
      const set = revision.metadata.labels?.[REVISION_SET_LABEL]
      return set === undefined ? [] : [set]
    }),
    watches(caches.injection, allSets),
  ]
}
