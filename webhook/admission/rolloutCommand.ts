import { annotations } from '../../api/group.ts'
import { revisionHash, revisionTemplate } from '../../api/revision.ts'
import {
  commandObstacle,
  parseRolloutCommand,
  rolloutCommandFault,
} from '../../api/rolloutCommand.ts'
import type { Violation } from '../../api/validation/violation.ts'
import type { SidecarSet } from '../../api/v1beta1/sidecarset.ts'

const FIELD = `metadata.annotations[${annotations.rolloutCommand}]`

/**
 * The set with the name of the user in a command that is new, whatever name stood there. A command
 * that cannot be read stays as it is: refusing is the task of validation.
 */
export function signedCommand(
  set: SidecarSet,
  old: SidecarSet | undefined,
  username: string | undefined,
): SidecarSet {
  const text = newCommand(set, old)
  if (text === undefined || rolloutCommandFault(text) !== undefined) return set
  // Left out of the JSON when there is no name: undefined.
  const signed = JSON.stringify({ ...parseRolloutCommand(text), by: username })
  const patched = { ...set.metadata.annotations, [annotations.rolloutCommand]: signed }
  return { ...set, metadata: { ...set.metadata, annotations: patched } }
}

/** What is wrong with a command that is new: who meant another step must be told at once. */
export function commandViolations(
  set: SidecarSet,
  old: SidecarSet | undefined,
): readonly Violation[] {
  const value = newCommand(set, old)
  if (value === undefined) return []
  const fault = rolloutCommandFault(value)
  if (fault !== undefined) {
    const remedy = 'write {"verb": "resume", "revision": "<hash>", "step": <number>}'
    return [{ field: FIELD, value, problem: fault, remedy }]
  }
  const { rollout, failedRevision, conditions = [] } = set.status ?? {}
  const latest = revisionHash(revisionTemplate(set.spec))
  const isIts = rollout?.revision === latest
  const problem = commandObstacle(parseRolloutCommand(value), {
    latest,
    isGoing: isIts,
    step: isIts ? rollout.step : undefined,
    isPaused:
      rollout?.reachedAt !== undefined ||
      conditions.some(({ type, status }) => type === 'Paused' && status === 'True'),
    hasFailed: failedRevision === latest,
  })
  if (problem === undefined) return []
  const remedy = 'look at status.rollout and name what is there'
  return [{ field: FIELD, value, problem, remedy }]
}

function newCommand(set: SidecarSet, old: SidecarSet | undefined): string | undefined {
  const text = set.metadata.annotations?.[annotations.rolloutCommand]
  return text === old?.metadata.annotations?.[annotations.rolloutCommand] ? undefined : text
}
