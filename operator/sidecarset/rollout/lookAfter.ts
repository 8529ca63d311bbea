import { perObject } from '../../../api/perObject.ts'
import { heldBack } from '../resize/crashBackOff.ts'
import { upkeepOf } from '../resize/upkeep.ts'
import type { Decision, IdleReason } from './decision.ts'
import type { RolloutInput } from './plan.ts'
import type { PodView } from './podView.ts'
import type { Revision } from './revision.ts'

/** Their turn may come any moment: until then they are left as they are. */
const WAITING: readonly IdleReason[] = [
  'ImagePulling',
  'StillDraining',
  'MaxUnavailable',
  'MaxUnavailablePerWorkload',
  'Resizing',
  'WriteFailed',
]

export interface LookedAfter {
  readonly decision: Decision
  /** What is to be done depends on what the pod's agent says. */
  readonly needsAgent: boolean
  /** The API server refused what the pod needs. */
  readonly isRefused?: boolean
}

/** Of pods of which no resize is remembered: the pod alone tells. */
const heldBackByPod = perObject((view: PodView) => heldBack(view, undefined))

/** Pods with which no upgrade does anything now may need something else. */
export function lookAfter(decision: Decision, target: Revision, input: RolloutInput): LookedAfter {
  const { view } = decision
  if (decision.kind !== 'none' || decision.reason === 'WriteFailed') {
    return { decision, needsAgent: false }
  }
  const note = input.resizes.get(view.key)
  const held = note === undefined ? heldBackByPod(view) : heldBack(view, note)
  if (held !== undefined) {
    return { decision: { kind: 'endBackOff', view, heldBack: held }, needsAgent: false }
  }
  if (WAITING.includes(decision.reason) || changesMore(view, target)) {
    return { decision, needsAgent: false }
  }
  const { sizes, needsAgent, isRefused } = upkeepOf(view, target.template, input)
  if (sizes === undefined) return { decision, needsAgent, isRefused }
  return { decision: { kind: 'resize', view, purpose: 'upkeep', sizes }, needsAgent }
}

/** Has more than images changed, so that only a new pod can have the target? */
export function changesMore(view: PodView, target: Revision): boolean {
  const inPod = view.hashWithoutImage
  return inPod !== undefined && inPod !== target.hashWithoutImage
}
