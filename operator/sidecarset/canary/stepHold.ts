import type { CanaryStep, RolloutProgress } from '../../../api/v1beta1/sidecarset.ts'
import type { Permission } from '../analysis/verdict.ts'

/** What a step waits for before the next one begins. */
export type StepHold =
  /** Pods that do not have the revision yet. */
  | { readonly kind: 'pods' }
  | { readonly kind: 'time'; readonly endsAt: number }
  /** Somebody must resume, before `endsAt` if possible. */
  | { readonly kind: 'people'; readonly since: number; readonly endsAt: number }
  | { readonly kind: 'analysis'; readonly sentence: string }

export interface StepFacts {
  readonly step: CanaryStep
  readonly progress: RolloutProgress
  /** Do the pods of the step have the revision, with no upgrade going on? */
  readonly isReached: boolean
  readonly permission: Permission
  readonly maxPauseSeconds: number
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** Undefined when the step is over. Pause and analysis begin together, once the pods are there. */
export function stepHold(facts: StepFacts): StepHold | undefined {
  const { progress, isReached } = facts
  const { reachedAt } = progress
  if (reachedAt === undefined || !isReached) return { kind: 'pods' }
  return pauseHold(facts, Date.parse(reachedAt)) ?? analysisHold(facts)
}

function pauseHold(
  { step, progress, maxPauseSeconds, now }: StepFacts,
  reachedAt: number,
): StepHold | undefined {
  if (step.pause === undefined || progress.resumedAt !== undefined) return undefined
  const { seconds } = step.pause
  const endsAt = reachedAt + (seconds ?? maxPauseSeconds) * 1000
  if (seconds === undefined) return { kind: 'people', since: reachedAt, endsAt }
  return now < endsAt ? { kind: 'time', endsAt } : undefined
}

function analysisHold({ permission }: StepFacts): StepHold | undefined {
  if (permission.kind === 'proceed') return undefined
  const { verdict } = permission
  return { kind: 'analysis', sentence: verdict.kind === 'none' ? '' : verdict.sentence }
}
