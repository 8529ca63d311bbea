import type { PodView } from '../rollout/podView.ts'
import { readySince, restartsOf } from '../rollout/podStatus.ts'

/**
 * The order of upgrades, as in OpenKruise: what is worth least goes first. Unassigned < assigned,
 * pending < unknown < running, not ready < ready, ready for shorter, more restarts, newer; then by
 * name, so that the order does not change from one look to the next.
 */
export function byUpgradeOrder(left: PodView, right: PodView): number {
  return (
    flag(left, right, (view) => (view.pod.spec?.nodeName ?? '') !== '') ||
    phaseRank(left) - phaseRank(right) ||
    flag(left, right, (view) => view.ready) ||
    readySince(right.pod) - readySince(left.pod) ||
    restartsOf(right.pod) - restartsOf(left.pod) ||
    createdAt(right) - createdAt(left) ||
    (left.key < right.key ? -1 : 1)
  )
}

function flag(left: PodView, right: PodView, test: (view: PodView) => boolean): number {
  return Number(test(left)) - Number(test(right))
}

function phaseRank(view: PodView): number {
  return ['Pending', 'Unknown', 'Running'].indexOf(view.pod.status?.phase ?? 'Unknown')
}

function createdAt(view: PodView): number {
  return Date.parse(view.pod.metadata.creationTimestamp ?? '') || 0
}
