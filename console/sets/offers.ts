import { commandObstacle } from '../../api/rolloutCommand.ts'
import type { StoredSidecarSet } from '../../api/v1beta1/kinds.ts'
import type { Act } from '../../cli/actions/acts.ts'
import type { Verb } from '../../cli/actions/command.ts'
import { commandFor, situationOf } from '../../cli/actions/command.ts'
import { phaseOf } from '../../cli/status/setRow.ts'
import type { Permissions } from '../wire.ts'

/** What makes sense as a set stands now; the operator's own rule decides. Pure. */
export function offersOf(
  set: StoredSidecarSet,
  can: Pick<Permissions, 'listRevisions'>,
): readonly Act[] {
  const isPaused = set.spec.updateStrategy?.paused === true
  const { step } = situationOf(set)
  const isPossible = (verb: Verb): boolean => {
    const command = commandFor(set, verb, { reason: undefined, now: 0 })
    return commandObstacle(command, situationOf(set)) === undefined
  }
  const isOver = phaseOf(set) === 'Complete'
  const offers: Readonly<Record<Act, boolean>> = {
    pause: !isPaused,
    resume: isPaused || (step !== undefined && isPossible('resume')),
    promote: step !== undefined && isPossible('promote'),
    abort: !isOver && isPossible('abort'),
    retry: isPossible('retry'),
    rollback: can.listRevisions,
  }
  return (Object.keys(offers) as Act[]).filter((act) => offers[act])
}
