import { isDeepStrictEqual } from 'node:util'
import { matchesSelector } from '../../api/labelSelector.ts'
import type { StoredTrafficInterception } from '../../api/v1beta1/kinds.ts'
import type { Pod } from '../../runtime/client/kinds.ts'
import { keyOf } from '../../runtime/client/objects.ts'
import { watches } from '../../runtime/controller/source.ts'
import type { Source } from '../../runtime/controller/source.ts'
import type { InterceptionCaches } from './caches.ts'
import { podIndexers } from './podIndexers.ts'

/** What makes the operator look at a TrafficInterception again. */
export function interceptionSources(caches: InterceptionCaches): readonly Source[] {
  const { objects, nodes, pods } = caches
  const neighbours = (namespace: string) => objects.byIndex('namespace', namespace)
  const concernedBy = (pod: Pod): readonly string[] => {
    const { namespace = '', labels } = pod.metadata
    // Those that might select it: names and nodes are looked at later.
    const selecting = neighbours(namespace).filter(({ spec }) =>
      matchesSelector(spec.selector, labels),
    )
    return [...podIndexers.interceptedBy(pod), ...selecting.map(keyOf)]
  }
  return [
    // Whose pods are whose may change for all of a namespace.
    watches(
      objects,
      ({ metadata }, key) => [key, ...neighbours(metadata.namespace).map(keyOf)],
      isOtherWish,
    ),
    watches(pods, concernedBy),
    watches(
      nodes,
      () => objects.list().flatMap((one) => (one.spec.nodeSelector ? [keyOf(one)] : [])),
      (before, after) => !isDeepStrictEqual(before.metadata.labels, after.metadata.labels),
    ),
  ]
}

/** The operator's own writes of status and finalizer are no news to it. */
function isOtherWish(
  { metadata: before }: StoredTrafficInterception,
  { metadata: after }: StoredTrafficInterception,
): boolean {
  return (
    before.generation !== after.generation ||
    before.uid !== after.uid ||
    before.deletionTimestamp !== after.deletionTimestamp
  )
}
