import type { EventReason } from '../../../api/eventReasons.ts'
import type { CommandRecord, Condition, SidecarSetStatus } from '../../../api/v1beta1/sidecarset.ts'

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
  const events: SetEvent[] = commandEvents(before?.lastCommand, after.lastCommand)
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
  if (became('Progressing', 'ProgressDeadlineExceeded')) {
    events.push(event('Warning', 'ProgressDeadlineExceeded', progressing))
  }
  if (became('Progressing', 'ReconcileFailed')) {
    events.push(event('Warning', 'ReconcileFailed', progressing))
  }
  if (became('Paused', 'RolloutPaused') || became('Paused', 'CanaryStepPaused')) {
    events.push(event('Normal', 'RolloutPaused', conditionOf(after, 'Paused')))
  }
  if (became('Paused', 'PausedTooLong')) {
    events.push(event('Warning', 'PausedTooLong', conditionOf(after, 'Paused')))
  }
  if (became('Progressing', 'UpgradeFailed') && after.failedRevision === undefined) {
    events.push(event('Warning', 'RolloutPaused', progressing))
  }
  if (became('Degraded', 'RolledBack')) events.push(event('Warning', 'RolledBack', progressing))
  return events
}

const COMMAND_REASONS: Readonly<Record<string, EventReason>> = {
  resume: 'RolloutResumed',
  promote: 'RolloutPromoted',
  abort: 'RolloutAborted',
  retry: 'RolloutRetried',
}

/** Who asked for what, why, and whether it was done. */
function commandEvents(
  before: CommandRecord | undefined,
  after: CommandRecord | undefined,
): SetEvent[] {
  if (after === undefined || after.id === before?.id) return []
  const { outcome, message, verb = '' } = after
  const reason = COMMAND_REASONS[verb]
  return outcome === 'Accepted' && reason !== undefined
    ? [{ type: 'Normal', reason, message }]
    : [{ type: 'Warning', reason: 'RolloutCommandRefused', message }]
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
