import { revisionHash, revisionTemplate } from '../../api/revision.ts'
import type { StoredSidecarSet } from '../../api/v1beta1/kinds.ts'
import { analysisRow } from './analysisRow.ts'
import type { SetStatusRow } from './statusShape.ts'

type Phase = SetStatusRow['phase']

/** What a set tells of itself. */
export function setRow(set: StoredSidecarSet): SetStatusRow {
  const { metadata, spec, status = {} } = set
  const { handover } = status
  const analysis = analysisRow(set)
  const progressing = status.conditions?.find(({ type }) => type === 'Progressing')
  return {
    set: metadata.name,
    phase: phaseOf(set),
    sentence: progressing?.message ?? 'the operator has written no status yet',
    latestRevision: revisionHash(revisionTemplate(spec)),
    ...(status.currentRevision === undefined ? {} : { currentRevision: status.currentRevision }),
    ...(status.failedRevision === undefined ? {} : { failedRevision: status.failedRevision }),
    ...(status.currentStep === undefined ? {} : { step: status.currentStep }),
    generation: metadata.generation ?? 0,
    observedGeneration: status.observedGeneration ?? 0,
    pods: {
      matched: status.matchedPods ?? 0,
      updated: status.updatedPods ?? 0,
      ready: status.readyPods ?? 0,
      updatedReady: status.updatedReadyPods ?? 0,
      upgrading: status.upgradingPods ?? 0,
      failed: status.failedPods ?? 0,
    },
    handovers: {
      completed: handover?.completed ?? 0,
      failed: handover?.failed ?? 0,
      connectionsDrained: handover?.connectionsDrained ?? 0,
      connectionsCut: handover?.connectionsCut ?? 0,
    },
    ...(analysis === undefined ? {} : { analysis }),
    conditions: (status.conditions ?? []).map(({ type, status: value, reason, message }) => ({
      type,
      status: value,
      reason,
      message,
    })),
  }
}

/** Where the rollout stands, by the conditions alone: whoever may read the set may know it. */
export function phaseOf({ metadata, status = {} }: StoredSidecarSet): Phase {
  const { observedGeneration = 0, conditions = [] } = status
  if (observedGeneration < (metadata.generation ?? 0)) return 'Unobserved'
  const reasonOf = (type: string) => conditions.find((one) => one.type === type)?.reason
  const degraded = reasonOf('Degraded')
  if (degraded === 'RollingBack' || degraded === 'RolledBack') return degraded
  switch (reasonOf('Progressing')) {
    case undefined:
      return 'Unobserved'
    case 'RolloutCompleted':
      return 'Complete'
    case 'UpgradeFailed':
    case 'ProgressDeadlineExceeded':
      return 'Failed'
    case 'RolloutPaused':
    case 'NotUpdate':
    case 'CanaryStepPaused':
      return 'Paused'
    case 'PartitionReached':
      return 'Partitioned'
    default:
      return reasonOf('Paused') === 'RolloutPaused' ? 'Paused' : 'Progressing'
  }
}
