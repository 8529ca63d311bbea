import { applyDefaults } from '../../../api/defaults/applyDefaults.ts'
import type { AnalysisStatus } from '../../../api/v1beta1/analysis.ts'
import type { StoredSidecarSet } from '../../../api/v1beta1/kinds.ts'
import type {
  CommandRecord,
  HandoverTotals,
  RolloutProgress,
  SidecarSetStatus,
} from '../../../api/v1beta1/sidecarset.ts'
import { withAnalysis } from '../analysis/analysisCondition.ts'
import type { RolloutVerdicts } from '../analysis/verdict.ts'
import type { RolloutSummary } from '../rollout/plan.ts'
import type { Revision } from '../rollout/revision.ts'
import { judgeConditions } from './conditions.ts'
import { NO_HANDOVERS, addTotals } from './handoverTotals.ts'
import { timed } from './timed.ts'

export interface StatusInput {
  readonly set: StoredSidecarSet
  readonly latest: Revision
  readonly summary: RolloutSummary
  readonly progress: RolloutProgress | undefined
  /** What came of what somebody asked, if it is new. */
  readonly command: CommandRecord | undefined
  readonly analysis: AnalysisStatus | undefined
  readonly verdicts: RolloutVerdicts
  /** See ConditionsInput. */
  readonly injectionObstacle: string | undefined | null
  /** Handovers recorded since the status was written last. */
  readonly added: HandoverTotals
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** The status that says what is so now. Equal to the old one (but for key order) when nothing is new. */
export function nextStatus(input: StatusInput): SidecarSetStatus {
  const { set, latest, summary, progress, now } = input
  const { status: before = {} } = set
  const generation = set.metadata.generation ?? 0
  const conditions = judgeConditions({
    set: set.metadata.name,
    strategy: applyDefaults(set.spec).updateStrategy,
    summary,
    latest: latest.hash,
    injectionObstacle: input.injectionObstacle,
    now,
  })
  const failedRevision = progress?.failure === undefined ? undefined : latest.hash
  const lastCommand = input.command ?? before.lastCommand
  const currentRevision = summary.complete ? latest.hash : before.currentRevision
  const formerRevisions = formerOf(before, currentRevision)
  return {
    observedGeneration: generation,
    matchedPods: summary.matched,
    updatedPods: summary.updated,
    readyPods: summary.ready,
    updatedReadyPods: summary.updatedReady,
    upgradingPods: summary.upgrading,
    failedPods: summary.failed,
    latestRevision: latest.hash,
    ...(currentRevision === undefined ? {} : { currentRevision }),
    ...(failedRevision === undefined ? {} : { failedRevision }),
    ...(formerRevisions.length === 0 ? {} : { formerRevisions }),
    ...(lastCommand === undefined ? {} : { lastCommand }),
    ...(progress?.step === undefined ? {} : { currentStep: progress.step }),
    ...(progress === undefined ? {} : { rollout: progress }),
    ...(input.analysis === undefined ? {} : { analysis: input.analysis }),
    ...(before.collisionCount === undefined ? {} : { collisionCount: before.collisionCount }),
    conditions: withAnalysis(conditions, input.verdicts).map((one) =>
      timed(one, before.conditions, generation, now),
    ),
    handover: addTotals(before.handover ?? NO_HANDOVERS, input.added),
  }
}

const FORMER_KEPT = 10

/** Grows when a rollout is complete: what all pods had before is a former revision then. */
function formerOf(before: SidecarSetStatus, current: string | undefined): readonly string[] {
  const { currentRevision, formerRevisions = [] } = before
  const all =
    currentRevision === undefined ? formerRevisions : [currentRevision, ...formerRevisions]
  return [...new Set(all)].filter((hash) => hash !== current).slice(0, FORMER_KEPT)
}
