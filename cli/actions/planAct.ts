import type { StoredSidecarSet } from '../../api/v1beta1/kinds.ts'
import type { Revision } from '../../operator/sidecarset/rollout/revision.ts'
import type { JsonPatchOperation } from '../../runtime/client/options.ts'
import type { Act } from './acts.ts'
import type { Verb } from './command.ts'
import { commandFor, commandOperations, situationOf } from './command.ts'
import { pausedOperations } from './paused.ts'
import type { Scope } from './scope.ts'
import { scopeText } from './scope.ts'
import { templateOperations } from './templateOperations.ts'

/** An act as it would be carried out now. */
export interface ActPlan {
  /** None: there is nothing to do. */
  readonly operations: readonly JsonPatchOperation[]
  /** With its scope: a clause such as `roll 12 pods back`. */
  readonly what: string
  /** What was done, for afterwards. */
  readonly sentence: string
  /** Why there is nothing to do: `is paused already`. */
  readonly unchanged: string
}

export interface ActInput {
  readonly set: StoredSidecarSet
  readonly scope: Scope
  /** Of the user; kept in the status. */
  readonly reason: string | undefined
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** Pure. Errors: CliError when the act cannot be obeyed as things stand. */
export function planAct(act: Exclude<Act, 'rollback'>, input: ActInput): ActPlan {
  if (act === 'pause') return planPause(input)
  if (act === 'resume') return planResume(input)
  return planCommand(act, input)
}

/** Back to a revision: pods get it as in every rollout. */
export function planRollback(
  { set, scope }: Pick<ActInput, 'set' | 'scope'>,
  { from, to }: { readonly from: Revision; readonly to: Revision },
): ActPlan {
  const what = `${scopeText(scope)} from revision ${from.hash} to ${to.hash} (number ${to.number})`
  return {
    operations: to.hash === from.hash ? [] : templateOperations(set.spec, to.template),
    what: `bring ${what} back`,
    sentence: `rollback of ${what}`,
    unchanged: `has revision ${to.hash} already`,
  }
}

function planPause({ set, scope }: ActInput): ActPlan {
  return {
    operations: pausedOperations(set, true),
    what: `start none of ${scopeText(scope)} any more; those in flight finish`,
    sentence: `paused: none of ${scopeText(scope)} is started, those in flight finish`,
    unchanged: 'is paused already',
  }
}

function planResume({ set, scope, reason, now }: ActInput): ActPlan {
  const unchanged = 'is not paused'
  const unpaused = pausedOperations(set, false)
  if (unpaused.length > 0) {
    const what = `go on with ${scopeText(scope)}`
    return { operations: unpaused, what, sentence: `goes on: ${scopeText(scope)}`, unchanged }
  }
  const { step, isPaused, hasFailed } = situationOf(set)
  if (step === undefined || !isPaused || hasFailed) {
    return { operations: [], what: '', sentence: '', unchanged }
  }
  return {
    operations: commandOperations(set, commandFor(set, 'resume', { reason, now })),
    what: `go on after step ${step} with ${scopeText(scope)}`,
    sentence: `asked to go on after step ${step}: ${scopeText(scope)}`,
    unchanged,
  }
}

type CommandAct = Exclude<Verb, 'resume'>

function planCommand(verb: CommandAct, { set, scope, reason, now }: ActInput): ActPlan {
  const done = DONE[verb](set)
  const command = commandFor(set, verb, { reason, now })
  const what = WHAT[verb](scopeText(scope), command.revision)
  return {
    operations: done === undefined ? commandOperations(set, command) : [],
    what,
    sentence: `${verb}: asked to ${what}`,
    unchanged: done ?? '',
  }
}

const WHAT: Readonly<Record<CommandAct, (scope: string, revision: string) => string>> = {
  promote: (scope, revision) => `bring revision ${revision} to all of ${scope}`,
  abort: (scope, revision) => `give revision ${revision} up and bring ${scope} back`,
  retry: (scope, revision) => `try revision ${revision} again on ${scope}`,
}

/** Why there is nothing to do; undefined when there is. */
const DONE: Readonly<Record<CommandAct, (set: StoredSidecarSet) => string | undefined>> = {
  promote: (set) => {
    const { isGoing, step, hasFailed } = situationOf(set)
    const isPast = isGoing && !hasFailed && step === undefined
    return isPast ? 'has left its steps behind already' : undefined
  },
  abort: (set) => (situationOf(set).hasFailed ? 'has failed already' : undefined),
  retry: (set) => {
    const { hasFailed, isGoing } = situationOf(set)
    return !hasFailed && isGoing ? 'is being rolled out' : undefined
  },
}
