import type { DefaultedCanary } from '../../../api/defaults/defaultedSpec.ts'
import type { RolloutProgress } from '../../../api/v1beta1/sidecarset.ts'
import type { Permission } from '../analysis/verdict.ts'
import { nextStep, reached } from './progress.ts'
import { stepGoal } from './stepGoal.ts'
import { stepHold } from './stepHold.ts'
import type { StepHold } from './stepHold.ts'

/** Pods as the steps count them. */
export interface StepCounts {
  /** Pods that have the set. */
  readonly matched: number
  /** Pods that have the revision or can get it in place. */
  readonly reachable: number
  /** Pods that have the revision, in flight or not. */
  readonly having: number
  /** Those of them with no upgrade going on. */
  readonly settled: number
}

/** The step that goes on, and what it waits for. */
export interface StepView {
  /** Counted from 1. */
  readonly step: number
  readonly of: number
  /** Pods that shall have the revision. */
  readonly goal: number
  readonly settled: number
  /** Undefined when it is over. */
  readonly hold: StepHold | undefined
}

export interface CanaryInput {
  readonly progress: RolloutProgress
  readonly canary: DefaultedCanary
  readonly counts: StepCounts
  readonly permission: Permission
  /** Nothing advances while this is true, and every time stands still but that of pauses. */
  readonly isHeld: boolean
  /** Milliseconds since the epoch. */
  readonly now: number
}

export interface CanaryOutcome {
  readonly progress: RolloutProgress
  /** Undefined when the steps are behind. */
  readonly view: StepView | undefined
  /** Pods that may start now on behalf of the steps; Infinity when they are behind. */
  readonly room: number
}

/**
 * One move at most: from a step's pods to its pause, or from there to the next step. What a move
 * rests on is in the status before the next one, so that an operator that takes over agrees.
 */
export function advance(input: CanaryInput): CanaryOutcome {
  const { canary, counts, now } = input
  const before = viewOf(input, input.progress)
  if (before === undefined || input.isHeld) return outcome(input.progress, before, counts)
  const { progress } = input
  if (before.hold !== undefined) {
    const isFirst = progress.reachedAt === undefined && isReached(before, counts)
    const after = isFirst ? reached(progress, now) : progress
    return outcome(after, viewOf(input, after), counts)
  }
  const after = nextStep(progress, canary.steps, now)
  return outcome(after, viewOf(input, after), counts)
}

function viewOf(input: CanaryInput, progress: RolloutProgress): StepView | undefined {
  const { canary, counts, permission, now } = input
  const { steps, maxPauseSeconds } = canary
  const declared = steps[(progress.step ?? 0) - 1]
  if (progress.step === undefined || declared === undefined) return undefined
  const goal = stepGoal(steps, progress.step, counts.reachable)
  const about = { step: progress.step, of: steps.length, goal, settled: counts.settled }
  // The verdict is about the step that was on when it was asked for.
  const isJudged = progress.step === input.progress.step
  const verdict: Permission = isJudged ? permission : { kind: 'hold', verdict: { kind: 'none' } }
  const facts = { step: declared, progress, permission: verdict, maxPauseSeconds, now }
  return { ...about, hold: stepHold({ ...facts, isReached: isReached(about, counts) }) }
}

/** Without any pod there is nothing to be looked at: the first ones are waited for. */
function isReached({ goal }: { readonly goal: number }, counts: StepCounts): boolean {
  return counts.matched > 0 && counts.settled >= goal
}

function outcome(
  progress: RolloutProgress,
  view: StepView | undefined,
  counts: StepCounts,
): CanaryOutcome {
  const room = view === undefined ? Infinity : Math.max(0, view.goal - counts.having)
  return { progress, view, room }
}
