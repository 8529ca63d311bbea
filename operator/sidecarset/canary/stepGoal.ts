import { resolveIntOrPercent } from '../../../api/intOrPercent.ts'
import type { CanaryStep } from '../../../api/v1beta1/sidecarset.ts'

/**
 * Pods that shall have the revision in a step, counted from 1. This is the one rule when the workload
 * scales: the share is of the pods that the rollout can reach *now*. Pods that have the revision keep
 * it when the goal falls; when it rises, or pods with the revision go, others are upgraded, also
 * while the step is being looked at. Pods that are created meanwhile get the revision before, so no
 * autoscaler brings the revision to more pods than the step wants.
 * @param reachable pods that have the revision or can get it in place
 */
export function stepGoal(steps: readonly CanaryStep[], step: number, reachable: number): number {
  const declared = steps.slice(0, step).findLast(({ replicas }) => replicas !== undefined)
  if (declared?.replicas === undefined) return 0
  return Math.min(reachable, resolveIntOrPercent(declared.replicas, reachable))
}
