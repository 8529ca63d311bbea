import type { EventReason } from '../../../api/reasons.ts'
import type { Condition, SidecarSetStatus } from '../../../api/v1beta1/sidecarset.ts'

export interface SetEvent {
  readonly type: 'Normal' | 'Warning'
  readonly reason: EventReason
  readonly message: string
}

/** The events that a change of a SidecarSet's status is worth. */
export function transitionEvents(
  before: SidecarSetStatus | undefined,
  after: SidecarSetStatus,
): readonly SetEvent[] {
  const events: SetEvent[] = []
  const progressing = conditionOf(after, 'Progressing')
  const became = (type: string, reason: string): boolean =>
    conditionOf(after, type)?.reason === reason && conditionOf(before, type)?.reason !== reason

  // The first look at a new set completes trivially: nothing was rolled out.
  if (before?.currentRevision !== undefined && became('Progressing', 'RolloutCompleted')) {
    events.push(event('Normal', 'RolloutCompleted', progressing))
  }
  if (became('Progressing', 'ImagePullFailed')) {
    events.push(event('Warning', 'ImagePullFailed', progressing))
  }
  if (became('Paused', 'RolloutPaused')) {
    events.push(event('Normal', 'RolloutPaused', conditionOf(after, 'Paused')))
  }
  if (became('Progressing', 'UpgradeFailed') && after.failedRevision === undefined) {
    events.push(event('Warning', 'RolloutPaused', progressing))
  }
  if (became('Degraded', 'RolledBack')) events.push(event('Warning', 'RolledBack', progressing))
  return events
}

function event(
  type: SetEvent['type'],
  reason: EventReason,
  condition: Condition | undefined,
): SetEvent {
  return { type, reason, message: condition?.message ?? '' }
}

function conditionOf(status: SidecarSetStatus | undefined, type: string): Condition | undefined {
  return status?.conditions?.find((condition) => condition.type === type)
}
