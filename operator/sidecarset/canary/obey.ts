import { annotations } from '../../../api/group.ts'
import {
  commandObstacle,
  parseRolloutCommand,
  rolloutCommandFault,
  rolloutCommandId,
} from '../../../api/rolloutCommand.ts'
import type { RolloutCommand } from '../../../api/rolloutCommand.ts'
import type { CommandRecord, RolloutProgress } from '../../../api/v1beta1/sidecarset.ts'
import type { StoredSidecarSet } from '../../../api/v1beta1/kinds.ts'
import { stepsBehind, timeOf } from './progress.ts'

export interface CommandInput {
  /** The annotation; undefined when there is none. */
  readonly text: string | undefined
  /** What the status says of the last one. */
  readonly last: CommandRecord | undefined
  /** How the rollout stood by the status: a retry is about that. */
  readonly before: RolloutProgress | undefined
  readonly progress: RolloutProgress
  /** Is a rollout going on? */
  readonly isGoing: boolean
  /** Does an analysis wait for people? */
  readonly isAnalysisPaused: boolean
  /** Milliseconds since the epoch. */
  readonly now: number
}

export interface Obeyed {
  readonly progress: RolloutProgress
  /** Undefined when nothing was asked since the last look. */
  readonly record: CommandRecord | undefined
}

/** Does what somebody asked for, once, or says why not. */
export function obey(input: CommandInput): Obeyed {
  const { text, last, progress, now } = input
  if (text === undefined || rolloutCommandId(text) === last?.id)
    return { progress, record: undefined }
  const seen = { id: rolloutCommandId(text), at: timeOf(now) }
  const fault = rolloutCommandFault(text)
  if (fault !== undefined) {
    return { progress, record: { ...seen, outcome: 'Refused', message: fault } }
  }
  const command = parseRolloutCommand(text)
  const obstacle = obstacleOf(command, input)
  const record: CommandRecord = {
    ...seen,
    ...command,
    outcome: obstacle === undefined ? 'Accepted' : 'Refused',
    message: messageOf(command, obstacle),
  }
  return { progress: obstacle === undefined ? carriedOut(command, input) : progress, record }
}

/** Is a failed revision to be tried again, which begins with another number for it? */
export function isRetry(
  { metadata, status }: StoredSidecarSet,
  latest: { readonly hash: string; readonly number: number },
): boolean {
  const text = metadata.annotations?.[annotations.rolloutCommand]
  if (text === undefined || rolloutCommandId(text) === status?.lastCommand?.id) return false
  const { rollout } = status ?? {}
  if (rollout?.failure === undefined || rolloutCommandFault(text) !== undefined) return false
  const { verb, revision } = parseRolloutCommand(text)
  const isIts = rollout.revision === latest.hash && rollout.number === latest.number
  return verb === 'retry' && revision === latest.hash && isIts
}

function obstacleOf(command: RolloutCommand, input: CommandInput): string | undefined {
  const { before, progress, isGoing, isAnalysisPaused } = input
  // A retry has its own number already, and the failure is behind.
  const isRetried = before?.failure !== undefined && before.revision === progress.revision
  return commandObstacle(command, {
    latest: progress.revision,
    isGoing,
    step: progress.step,
    isPaused: progress.reachedAt !== undefined || isAnalysisPaused,
    hasFailed: progress.failure !== undefined || (command.verb === 'retry' && isRetried),
  })
}

function carriedOut(command: RolloutCommand, input: CommandInput): RolloutProgress {
  const { progress, isAnalysisPaused, now } = input
  const at = timeOf(now)
  switch (command.verb) {
    case 'resume': {
      const overruled = isAnalysisPaused ? { overruledAt: at } : {}
      return { ...progress, resumedAt: at, ...overruled }
    }
    case 'promote':
      return { ...stepsBehind(progress), skipped: 'Promoted' }
    case 'abort':
      return { ...progress, failure: { reason: 'Aborted', message: messageOf(command), at } }
    case 'retry':
      return progress
  }
}

function messageOf(command: RolloutCommand, obstacle?: string): string {
  const { verb, revision, step, by, reason } = command
  const where = step === undefined ? '' : ` in step ${step}`
  const who = by === undefined ? '' : ` by ${by}`
  const why = reason === undefined ? '' : `: ${reason.replace(/[\s.]+$/, '')}`
  const what = `${verb} of revision ${revision}${where}${who}${why}`
  return obstacle === undefined ? what : `${what}; refused: ${obstacle}`
}
