import { heldBack } from '../resize/crashBackOff.ts'
import { isSized } from '../resize/upkeep.ts'
import { changesMore } from '../rollout/lookAfter.ts'
import { isBypassed, isOver } from '../rollout/podStatus.ts'
import type { PodView } from '../rollout/podView.ts'
import type { Revision } from '../rollout/revision.ts'
import { upgradablePatch } from '../write/upgradableCondition.ts'

/**
 * Has the pod the revision, and is there nothing to do with it whatever agents, clock and refused
 * writes say? In doubt it is not settled: then it is looked at, which costs a little and changes
 * nothing. That a plan without those that are is the same plan is a test of plans.
 */
export function isSettled(view: PodView, set: string, revision: Revision): boolean {
  const { pod, stage, entry, state, ready } = view
  const hasRevision = entry.hash === revision.hash && !changesMore(view, revision)
  if (!hasRevision || stage !== 'resting' || state?.reverted === true) return false
  const serves = ready && pod.status?.phase === 'Running' && !isOver(pod) && !isBypassed(pod)
  return (
    serves &&
    isSized(view, revision.template) &&
    heldBack(view, undefined) === undefined &&
    upgradablePatch(pod, set, true, 0) === undefined
  )
}
