import { perObject } from '../../../api/perObject.ts'
import type { PodView } from '../rollout/podView.ts'
import { readySince, restartsOf } from '../rollout/podStatus.ts'

/**
 * The order of upgrades, as in OpenKruise: what is worth least goes first. Unassigned < assigned,
 * pending < unknown < running, not ready < ready, ready for shorter, more restarts, newer; then by
 * name, so that the order does not change from one look to the next.
 */
export function byUpgradeOrder(left: PodView, right: PodView): number {
  const [first, second] = [ranksOf(left), ranksOf(right)]
  for (let at = 0; at < first.length; at++) {
    const difference = (first[at] ?? 0) - (second[at] ?? 0)
    if (difference !== 0) return difference
  }
  return left.key < right.key ? -1 : 1
}

/** Compared one after the other: the smaller goes first. Sorting compares a pod with many others. */
const ranksOf = perObject(({ pod, ready }: PodView): readonly number[] => [
  Number((pod.spec?.nodeName ?? '') !== ''),
  ['Pending', 'Unknown', 'Running'].indexOf(pod.status?.phase ?? 'Unknown'),
  Number(ready),
  -readySince(pod),
  -restartsOf(pod),
  -(Date.parse(pod.metadata.creationTimestamp ?? '') || 0),
])
