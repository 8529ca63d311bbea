import type { CanaryStep, RolloutProgress } from '../../../api/v1beta1/sidecarset.ts'
import type { Revision } from '../rollout/revision.ts'

export interface RolloutStart {
  /** As the status has it. */
  readonly before: RolloutProgress | undefined
  readonly latest: Revision
  /** Last one that every pod got; undefined before the first. */
  readonly current: Revision | undefined
  readonly steps: readonly CanaryStep[]
  /** Revisions the way back to which takes no steps. */
  readonly quickWaysBack: readonly string[]
  /** Milliseconds since the epoch. */
  readonly now: number
}

/**
 * How the rollout of the latest revision stands, begun if it is a new one. The first revision of a
 * set has nothing to be compared with, and the way back to the current one must be quick: no steps.
 */
export function continueOrBegin(input: RolloutStart): RolloutProgress {
  const { before, latest, current, steps, quickWaysBack, now } = input
  if (before?.revision === latest.hash && before.number === latest.number) {
    return withinSteps(before, steps)
  }
  const startedAt = timeOf(now)
  const begun: RolloutProgress = { revision: latest.hash, number: latest.number, startedAt }
  if (quickWaysBack.includes(latest.hash)) return { ...begun, skipped: 'RollbackWindow' }
  const hasSteps = steps.length > 0 && current !== undefined && current.hash !== latest.hash
  return hasSteps ? { ...begun, step: 1, stepStartedAt: startedAt } : begun
}

/** Steps may have been taken away meanwhile. */
function withinSteps(progress: RolloutProgress, steps: readonly CanaryStep[]): RolloutProgress {
  return (progress.step ?? 0) > steps.length ? stepsBehind(progress) : progress
}

/** The pods of the step are there for the first time. */
export function reached(progress: RolloutProgress, now: number): RolloutProgress {
  return { ...progress, reachedAt: timeOf(now) }
}

/** The step is over. */
export function nextStep(
  progress: RolloutProgress,
  steps: readonly CanaryStep[],
  now: number,
): RolloutProgress {
  const { step = 0 } = progress
  const behind = stepsBehind(progress)
  return step < steps.length ? { ...behind, step: step + 1, stepStartedAt: timeOf(now) } : behind
}

export function stepsBehind(progress: RolloutProgress): RolloutProgress {
  const { revision, number, startedAt, heldSince, clockFrom, skipped, failure } = progress
  return {
    ...{ revision, number, startedAt },
    ...(heldSince === undefined ? {} : { heldSince }),
    ...(clockFrom === undefined ? {} : { clockFrom }),
    ...(skipped === undefined ? {} : { skipped }),
    ...(failure === undefined ? {} : { failure }),
  }
}

/** As the API server writes times: without fractions. */
export function timeOf(now: number): string {
  return new Date(now).toISOString().replace(/\.\d+Z$/, 'Z')
}
