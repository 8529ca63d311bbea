import type { RolloutProgress } from '../../../api/v1beta1/sidecarset.ts'
import { timeOf } from './progress.ts'

/**
 * The clock of the progress deadline stands while nothing can be done until people decide, a pause
 * is over, or pods come; afterwards it begins anew. What is known of it is in the status, so that it
 * never fires over time in which nobody was to do anything.
 * @param stands does it stand now?
 */
export function withClock(
  progress: RolloutProgress,
  stands: boolean,
  now: number,
): RolloutProgress {
  if (stands)
    return progress.heldSince === undefined ? { ...progress, heldSince: timeOf(now) } : progress
  const { heldSince, ...rest } = progress
  return heldSince === undefined ? progress : { ...rest, clockFrom: timeOf(now) }
}

/** Milliseconds since the epoch from which the deadline counts: the last thing that went on. */
export function lastProgress(progress: RolloutProgress, podTimes: readonly number[]): number {
  const { startedAt, stepStartedAt, reachedAt, resumedAt, overruledAt, clockFrom } = progress
  const times = [startedAt, stepStartedAt, reachedAt, resumedAt, overruledAt, clockFrom]
  return Math.max(...times.map((time) => Date.parse(time ?? '') || 0), ...podTimes)
}
