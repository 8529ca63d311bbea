import { describeSubject } from '../../api/gateway/subject.ts'
import { annotations } from '../../api/group.ts'
import { revisionHash, revisionTemplate } from '../../api/revision.ts'
import type { CommandSituation, RolloutCommand } from '../../api/rolloutCommand.ts'
import { commandObstacle } from '../../api/rolloutCommand.ts'
import type { StoredSidecarSet } from '../../api/v1beta1/kinds.ts'
import type { JsonPatchOperation } from '../../runtime/client/options.ts'
import { jsonPointer } from '../../runtime/client/jsonPointer.ts'
import { CliError } from '../cliError.ts'

export type Verb = RolloutCommand['verb']

/** How the rollout stands, as far as commands depend on it. */
export function situationOf(set: StoredSidecarSet): CommandSituation {
  const { rollout, failedRevision, conditions = [] } = set.status ?? {}
  const latest = revisionHash(revisionTemplate(set.spec))
  const isIts = rollout?.revision === latest
  return {
    latest,
    isGoing: isIts,
    step: isIts ? rollout.step : undefined,
    isPaused:
      rollout?.reachedAt !== undefined ||
      conditions.some(({ type, status }) => type === 'Paused' && status === 'True'),
    hasFailed: failedRevision === latest,
  }
}

/**
 * The command that means what the user sees now: one that comes too late is refused. The operator
 * tells commands by their text, so that the same one given later needs another: its time.
 */
export function commandFor(
  set: StoredSidecarSet,
  verb: Verb,
  { reason, now }: { readonly reason: string | undefined; readonly now: number },
): RolloutCommand {
  const { latest, step } = situationOf(set)
  return {
    verb,
    revision: latest,
    ...(step === undefined || verb === 'retry' ? {} : { step }),
    reason: `${reason ?? 'kubectl baton'} (${new Date(now).toISOString()})`,
  }
}

/**
 * What writes a command into the set. Errors: CliError when it cannot be obeyed as things stand.
 */
export function commandOperations(
  set: StoredSidecarSet,
  command: RolloutCommand,
): readonly JsonPatchOperation[] {
  const obstacle = commandObstacle(command, situationOf(set))
  if (obstacle !== undefined) {
    throw new CliError({
      exit: 'error',
      reason: 'NotPossible',
      message: `${command.verb} of ${describeSubject(set.metadata.name)} is not possible: ${obstacle}`,
      remedy: `kubectl baton status ${set.metadata.name} shows how it stands`,
    })
  }
  const value = JSON.stringify(command)
  if (set.metadata.annotations === undefined) {
    return [
      { op: 'add', path: '/metadata/annotations', value: { [annotations.rolloutCommand]: value } },
    ]
  }
  const path = jsonPointer('metadata', 'annotations', annotations.rolloutCommand)
  return [{ op: 'add', path, value }]
}
