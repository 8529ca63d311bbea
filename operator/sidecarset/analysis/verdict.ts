/** The measurement that a verdict rests on. */
export interface Evidence {
  /** Name of the metric. */
  readonly metric: string
  /** What was measured last; absent before the first measurement with data. */
  readonly value?: number
  /** What it was held against, such as `< 0.05` or a number from stable pods at the same moment. */
  readonly threshold?: string
}

/** A verdict that has something to say. */
interface Judgement extends Evidence {
  /** For conditions and events: with the numbers, and without a full stop. */
  readonly sentence: string
}

/**
 * What an analysis has come to.
 * `none`: there is nothing to judge. `running`: nothing is wrong so far. `failed` is final until the
 * spec changes, and wins over everything else. `inconclusive`: people must decide. `noData`: there
 * is nothing to measure, which is neither good nor bad. `providerAway`: who measures does not answer.
 */
export type AnalysisVerdict =
  | { readonly kind: 'none' }
  | ({
      readonly kind: 'running' | 'passed' | 'failed' | 'inconclusive' | 'noData' | 'providerAway'
    } & Judgement)

export type AnalysisVerdictKind = AnalysisVerdict['kind']

/** The verdicts that a rollout depends on. */
export interface RolloutVerdicts {
  /** Of the analysis that accompanies the whole rollout. */
  readonly background: AnalysisVerdict
  /** Of the present step; `none` when it has none. */
  readonly step: AnalysisVerdict
}

export const NO_VERDICTS: RolloutVerdicts = {
  background: { kind: 'none' },
  step: { kind: 'none' },
}

/** What a rollout may do. */
export interface Permission {
  /**
   * `proceed`: pods may start and steps advance. `hold`: pods of this step may start, the step does
   * not advance. `wait`: no pod starts until it changes by itself. `pause`: no pod starts until
   * people decide. `abort`: the revision has failed.
   */
  readonly kind: 'proceed' | 'hold' | 'wait' | 'pause' | 'abort'
  /** The verdict that decided. */
  readonly verdict: AnalysisVerdict
}

const IN_BACKGROUND: Readonly<Record<AnalysisVerdictKind, Permission['kind']>> = {
  none: 'proceed',
  running: 'proceed',
  passed: 'proceed',
  noData: 'wait',
  providerAway: 'wait',
  inconclusive: 'pause',
  failed: 'abort',
}

const IN_STEP: Readonly<Record<AnalysisVerdictKind, Permission['kind']>> = {
  none: 'proceed',
  running: 'hold',
  passed: 'proceed',
  noData: 'hold',
  providerAway: 'hold',
  inconclusive: 'pause',
  failed: 'abort',
}

const STRICTNESS: readonly Permission['kind'][] = ['proceed', 'hold', 'wait', 'pause', 'abort']

/** The stricter of both verdicts decides. */
export function permissionOf({ background, step }: RolloutVerdicts): Permission {
  const accompanying = { kind: IN_BACKGROUND[background.kind], verdict: background }
  const present = { kind: IN_STEP[step.kind], verdict: step }
  const isStricter = STRICTNESS.indexOf(present.kind) >= STRICTNESS.indexOf(accompanying.kind)
  return isStricter ? present : accompanying
}
