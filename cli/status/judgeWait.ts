import { annotations } from '../../api/group.ts'
import { revisionHash, revisionTemplate } from '../../api/revision.ts'
import { rolloutCommandId } from '../../api/rolloutCommand.ts'
import type { StoredSidecarSet } from '../../api/v1beta1/kinds.ts'
import type { WaitReason } from '../errorReasons.ts'
import type { Exit } from '../exitCode.ts'
import { phaseOf, setRow } from './setRow.ts'

/** What may be waited for, but for steps of a canary. */
export const goals = ['complete', 'paused', 'partition', 'failed'] as const
export type Goal = (typeof goals)[number] | `step=${number}`

/** Undefined for a text that is no goal. */
export function parseGoal(text: string): Goal | undefined {
  const [, step] = /^step=([1-9]\d*)$/.exec(text) ?? []
  return step === undefined ? goals.find((one) => one === text) : `step=${Number(step)}`
}

export interface End {
  readonly exit: Exit
  readonly reason: WaitReason
  /** What was seen: a clause. */
  readonly sentence: string
}

export interface Pinned {
  /** Undefined when the set has gone since. */
  readonly set: StoredSidecarSet | undefined
  /** Hash of the revision that is waited for. */
  readonly revision: string
  readonly goal: Goal
}

/**
 * Has the wait for one revision ended, and how? Undefined: not yet. It ends as soon as the goal is
 * reached or cannot be reached any more without a person, so that a pipeline never waits in vain.
 */
export function judgeWait({ set, revision, goal }: Pinned): End | undefined {
  if (set === undefined) {
    return { exit: 'error', reason: 'Deleted', sentence: 'the set was deleted' }
  }
  const now = revisionHash(revisionTemplate(set.spec))
  if (now !== revision) {
    const sentence = `revision ${now} has taken the place of ${revision}`
    return { exit: 'superseded', reason: 'Superseded', sentence }
  }
  // What somebody has asked for since decides how it goes on.
  if (hasOpenCommand(set)) return undefined
  const phase = phaseOf(set)
  const { sentence } = setRow(set)
  if (phase !== 'Unobserved' && isAtStep(set, goal)) {
    return { exit: 'complete', reason: 'StepReached', sentence }
  }
  switch (phase) {
    case 'Unobserved':
    case 'Progressing':
    case 'RollingBack':
      return undefined
    case 'Complete':
      return goal !== 'paused' && goal !== 'failed'
        ? { exit: 'complete', reason: 'Complete', sentence }
        : { exit: 'failed', reason: 'Complete', sentence: `${sentence}: it was not ${goal}` }
    case 'Failed':
    case 'RolledBack':
      return { exit: goal === 'failed' ? 'complete' : 'failed', reason: phase, sentence }
    case 'Paused':
      return { exit: goal === 'paused' ? 'complete' : 'paused', reason: phase, sentence }
    case 'Partitioned':
      return {
        exit: goal === 'partition' || goal === 'paused' ? 'complete' : 'paused',
        reason: phase,
        sentence,
      }
  }
}

/** A rollout that has left its steps behind has reached them all. */
function isAtStep({ status = {} }: StoredSidecarSet, goal: Goal): boolean {
  if (!goal.startsWith('step=') || status.rollout === undefined) return false
  const { currentStep = Infinity } = status
  return currentStep >= Number(goal.slice('step='.length))
}

function hasOpenCommand({ metadata, status }: StoredSidecarSet): boolean {
  const command = metadata.annotations?.[annotations.rolloutCommand]
  return command !== undefined && rolloutCommandId(command) !== status?.lastCommand?.id
}
