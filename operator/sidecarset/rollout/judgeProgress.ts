import type { DefaultedCanary } from '../../../api/defaults/defaultedSpec.ts'
import type {
  CommandRecord,
  RevisionFailure,
  RolloutProgress,
} from '../../../api/v1beta1/sidecarset.ts'
import { permissionOf } from '../analysis/verdict.ts'
import type { Permission } from '../analysis/verdict.ts'
import { obey } from '../canary/obey.ts'
import { continueOrBegin, timeOf } from '../canary/progress.ts'
import { counted } from '../counted.ts'
import { failureLimit } from './budget.ts'
import type { RolloutInput } from './plan.ts'
import type { PodView } from './podView.ts'
import { PROCEED } from './starts.ts'

export const NO_STEPS: DefaultedCanary = { steps: [], maxPauseSeconds: Infinity }

export interface JudgedProgress {
  /** With what was asked for, and with the failure, if there is one. */
  readonly progress: RolloutProgress
  readonly permission: Permission
  readonly command: CommandRecord | undefined
}

export interface JudgedPods {
  /** All but those that are settled. */
  readonly views: readonly PodView[]
  /** Those on which the latest revision failed. */
  readonly failures: readonly PodView[]
  /** How many pods the set has, with those that are settled. */
  readonly matched: number
}

/**
 * How the rollout of the latest revision stands before anything moves: what the status says of it,
 * what people ask, what analyses and pods say.
 */
export function judgeProgress(input: RolloutInput, pods: JudgedPods): JudgedProgress {
  const { set, revisions, now } = input
  const { strategy, status } = set
  const { latest, current } = revisions
  const { rollout: before, formerRevisions = [] } = status
  const begun = continueOrBegin({
    ...{ before, latest, current, now },
    steps: (strategy.canary ?? NO_STEPS).steps,
    quickWaysBack: formerRevisions.slice(0, strategy.rollbackWindow.revisions),
  })
  const verdict = permissionOf(input.verdicts)
  const isGoing = pods.views.some(
    (view) => view.entry.hash !== latest.hash || view.stage !== 'resting',
  )
  const { progress, record: command } = obey({
    ...{ text: set.command, last: status.lastCommand, before, progress: begun, now },
    isGoing: isGoing || begun.step !== undefined,
    isAnalysisPaused: verdict.kind === 'pause',
  })
  const isOverruled = verdict.kind === 'pause' && progress.overruledAt !== undefined
  const permission = isOverruled || progress.skipped !== undefined ? PROCEED : verdict
  const failure =
    progress.failure ??
    failedBefore(input) ??
    analysisFailure(permission, now) ??
    (isWayBack(input) ? undefined : podFailure(input, pods))
  const judged = failure === undefined ? progress : { ...progress, failure }
  return { progress: judged, permission, command }
}

/** Nothing is left to go back to: a pod that fails must not keep the others from going there. */
function isWayBack({ revisions }: RolloutInput): boolean {
  return revisions.current?.hash === revisions.latest.hash
}

/** An operator that kept no reason has written the hash alone. */
function failedBefore({ set, revisions, now }: RolloutInput): RevisionFailure | undefined {
  const { rollout, failedRevision } = set.status
  if (rollout !== undefined || failedRevision !== revisions.latest.hash) return undefined
  return { reason: 'UpgradeFailed', message: 'it failed before', at: timeOf(now) }
}

function analysisFailure({ kind, verdict }: Permission, now: number): RevisionFailure | undefined {
  if (kind !== 'abort' || verdict.kind === 'none') return undefined
  return { reason: 'AnalysisFailed', message: verdict.sentence, at: timeOf(now) }
}

function podFailure(
  { set, now }: RolloutInput,
  { failures, matched }: JudgedPods,
): RevisionFailure | undefined {
  if (failures.length < failureLimit(set.strategy.failureLimit, matched)) return undefined
  const { key = '', result } = failures.find((one) => one.result !== undefined) ?? {}
  const first = result === undefined ? '' : `, ${key} with ${result.reason}: ${result.sentence}`
  const message = `${counted(failures.length, 'pod')} failed${first}`
  return { reason: 'UpgradeFailed', message: message.replace(/[\s.]+$/, ''), at: timeOf(now) }
}
