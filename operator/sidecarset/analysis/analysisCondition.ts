import type { Verdict } from '../../conditionWording.ts'
import { permissionOf } from './verdict.ts'
import type { AnalysisVerdictKind, RolloutVerdicts } from './verdict.ts'

const REASONS: Readonly<Partial<Record<AnalysisVerdictKind, string>>> = {
  noData: 'AnalysisNoData',
  providerAway: 'AnalysisProviderAway',
  inconclusive: 'AnalysisInconclusive',
}

/** Progress that an analysis may stand in the way of; what else stops a rollout says so itself. */
const GOING = ['RolloutInProgress', 'CanaryStepInProgress', 'CanaryStepAnalysis']
/** No deadline runs while people are waited for. */
const GOING_OR_LATE = [...GOING, 'ProgressDeadlineExceeded']

/** Conditions that say which analysis a rollout waits for, where it is an analysis. */
export function withAnalysis(
  conditions: readonly Verdict[],
  verdicts: RolloutVerdicts,
): readonly Verdict[] {
  const { kind, verdict } = permissionOf(verdicts)
  const reason = REASONS[verdict.kind]
  if (verdict.kind === 'none' || reason === undefined) return conditions
  const isPaused = kind === 'pause'
  const going = isPaused ? GOING_OR_LATE : GOING
  const isGoing = conditions.some((one) => one.type === 'Progressing' && going.includes(one.reason))
  if (!isGoing) return conditions
  const { sentence } = verdict
  return conditions.map((one) => {
    if (one.type === 'Progressing') {
      return { ...one, status: 'Unknown', reason, message: `${sentence}; ${one.message}` }
    }
    if (one.type === 'Paused' && isPaused && one.status === 'False') {
      return { ...one, status: 'True', reason, message: sentence }
    }
    return one
  })
}
