import { matchesSelector } from '../labelSelector.ts'
import type { StoredTrafficInterception } from '../v1beta1/kinds.ts'

/** What decides whose pod it is. */
export interface ClaimablePod {
  readonly metadata: {
    readonly name?: string
    readonly namespace?: string
    readonly labels?: Readonly<Record<string, string>>
  }
}

type Labels = Readonly<Record<string, string>>

/**
 * Does the object mean this pod?
 * @param nodeLabels of the pod's node; undefined while it has none: then no nodeSelector matches
 */
export function selectsPod(
  { metadata, spec }: StoredTrafficInterception,
  pod: ClaimablePod,
  nodeLabels: Labels | undefined,
): boolean {
  const { name = '', namespace, labels } = pod.metadata
  return (
    metadata.namespace === namespace &&
    matchesSelector(spec.selector, labels) &&
    (spec.podNames === undefined || spec.podNames.includes(name)) &&
    (spec.nodeSelector === undefined || hasLabels(nodeLabels, spec.nodeSelector))
  )
}

/** Whose pod it is: of several objects that mean it the oldest, of equally old ones the first by name. */
export function claimantOf(
  pod: ClaimablePod,
  objects: readonly StoredTrafficInterception[],
  nodeLabels: Labels | undefined,
): StoredTrafficInterception | undefined {
  return objects
    .filter((one) => one.metadata.deletionTimestamp === undefined)
    .filter((one) => selectsPod(one, pod, nodeLabels))
    .toSorted(byAge)[0]
}

function byAge(left: StoredTrafficInterception, right: StoredTrafficInterception): number {
  const age = (one: StoredTrafficInterception): string => one.metadata.creationTimestamp ?? ''
  if (age(left) !== age(right)) return age(left) < age(right) ? -1 : 1
  return left.metadata.name < right.metadata.name ? -1 : 1
}

function hasLabels(labels: Labels | undefined, wanted: Labels): boolean {
  return (
    labels !== undefined && Object.entries(wanted).every(([key, value]) => labels[key] === value)
  )
}
