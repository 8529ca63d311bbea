import type { RolloutSummary } from './plan.ts'

/**
 * When a rollout in which nothing goes on is late, in milliseconds since the epoch; undefined while
 * there is nothing to be late with: it is over, or waits for people, a pause, an image or pods.
 */
export function progressDeadline(
  summary: RolloutSummary,
  { progressDeadlineSeconds }: { readonly progressDeadlineSeconds: number },
): number | undefined {
  const { stopped, complete, imageFailure, waiting, upgrading, isClockRunning } = summary
  const isOver = stopped || complete || imageFailure !== undefined
  if (isOver || !isClockRunning || waiting + upgrading === 0) return undefined
  return summary.lastProgress + progressDeadlineSeconds * 1000
}
