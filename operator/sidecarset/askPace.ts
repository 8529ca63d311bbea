/** An agent that was asked, as far as it matters for when to ask it again. */
export interface Asked {
  /** Has the slot that shall serve restarted? By the pod's status, which may be a second late. */
  readonly hasRestarted: boolean
  /** Answers since the handover came into another phase. */
  readonly repeats: number
  /** Agents that are followed and are as far as this one. */
  readonly alike: number
}

/** Each answer without a new phase makes the wait so much longer: a third of the time it has taken. */
const GROWTH = 1.5
/** At most, in units of the first wait. */
const LONGEST = 10 / 3
/** For each agent alike, so that a thousand pods in flight cost few more requests than a hundred. */
const SPREAD_MS = { restarted: 1, waiting: 5 }

/**
 * Milliseconds until an agent is asked again. A slot that has not restarted is told of by its pod;
 * one that has may be through in a tenth of a second, or drain for many.
 * @param pollMs the first wait; half of it once the slot has restarted
 */
export function askAfterMs({ hasRestarted, repeats, alike }: Asked, pollMs: number): number {
  const first = hasRestarted ? pollMs / 2 : pollMs
  const spread = hasRestarted ? SPREAD_MS.restarted : SPREAD_MS.waiting
  return Math.min(pollMs * LONGEST, first * GROWTH ** repeats) + spread * alike
}
