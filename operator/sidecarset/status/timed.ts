import type { Condition } from '../../../api/v1beta1/sidecarset.ts'
import type { Verdict } from '../../conditionWording.ts'

/** A condition as it is stored: its time is that of the last change of its status. */
export function timed(
  one: Verdict,
  before: readonly Condition[] | undefined,
  observedGeneration: number,
  now: number,
): Condition {
  const former = before?.find((other) => other.type === one.type)
  const time = new Date(now).toISOString().replace(/\.\d+Z$/, 'Z')
  const lastTransitionTime = former?.status === one.status ? former.lastTransitionTime : time
  return { ...one, lastTransitionTime, observedGeneration }
}
