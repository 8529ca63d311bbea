import { createHash } from 'node:crypto'
import { DecodeError, decodeJson, literal, number, object, optional, string } from './decode.ts'

const command = object({
  /**
   * `resume`: end the pause of a step. `promote`: leave out what is left of the steps, pauses and
   * analyses. `abort`: the revision counts as failed. `retry`: try a failed revision again.
   */
  verb: literal('resume', 'promote', 'abort', 'retry'),
  /** Hash of the revision that is meant. */
  revision: string,
  /** The step that is meant, counted from 1. Needed for `resume` and `promote` in a step. */
  step: optional(number),
  /** Why, for people. */
  reason: optional(string),
  /** Who: admission writes the name of the user there. */
  by: optional(string),
})

/** What somebody asks of a rollout, in the annotation `baton.dev/rollout-command` of the set. */
export type RolloutCommand = ReturnType<typeof command>

/** Errors: DecodeError with a sentence for the person who wrote it. */
export function parseRolloutCommand(text: string): RolloutCommand {
  return decodeJson(command, text, '')
}

/** What the writer did wrong; undefined when it can be read. */
export function rolloutCommandFault(text: string): string | undefined {
  try {
    parseRolloutCommand(text)
    return undefined
  } catch (error) {
    if (error instanceof DecodeError) return error.message
    throw error
  }
}

/** Tells one command from the next, so that none is obeyed twice. */
export function rolloutCommandId(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 10)
}

/** How a rollout stands, as far as commands depend on it. */
export interface CommandSituation {
  /** Hash of the spec's revision. */
  readonly latest: string
  /** Is a rollout of it going on? */
  readonly isGoing: boolean
  /** Step that is on, counted from 1. */
  readonly step: number | undefined
  /** Does the step, or the analysis, wait for anything that can be cut short? */
  readonly isPaused: boolean
  readonly hasFailed: boolean
}

/** Why the command means something else than what is there; undefined when it can be obeyed. */
export function commandObstacle(
  { verb, revision, step }: RolloutCommand,
  situation: CommandSituation,
): string | undefined {
  const { latest, isGoing, isPaused, hasFailed } = situation
  if (revision !== latest) {
    return `it names revision ${revision}, but the spec's revision is ${latest}`
  }
  if (verb === 'retry') {
    return hasFailed ? undefined : `revision ${latest} has not failed`
  }
  if (hasFailed) return `revision ${latest} has failed; only retry can be asked for`
  if (!isGoing) return `no rollout of revision ${latest} is going on`
  const mustMatch = verb !== 'abort' || step !== undefined
  if (mustMatch && step !== situation.step) {
    return `it names ${nameOf(step)}, but the rollout is in ${nameOf(situation.step)}`
  }
  if (verb === 'resume' && !isPaused) return `${nameOf(step)} is not paused`
  return undefined
}

function nameOf(step: number | undefined): string {
  return step === undefined ? 'no step' : `step ${step}`
}
