import { changeDocument, changeOutcome } from '../actions/changeDocument.ts'
import type { Verb } from '../actions/command.ts'
import { commandFor, commandOperations, situationOf } from '../actions/command.ts'
import { confirm } from '../actions/confirm.ts'
import { CHANGE_OPTIONS, CONFIRM_OPTIONS, WAIT_OPTIONS } from '../actions/options.ts'
import { patchSet } from '../actions/patchSet.ts'
import type { Scope } from '../actions/scope.ts'
import { scopeOf, scopeText } from '../actions/scope.ts'
import type { StoredSidecarSet } from '../../api/v1beta1/kinds.ts'
import { readSubject } from '../cluster/subjects.ts'
import { SUBJECT } from '../commandline/subject.ts'
import type { Command } from '../commandline/command.ts'
import type { Option } from '../commandline/command.ts'

export const REASON: Option = {
  type: 'string',
  value: 'TEXT',
  summary: 'Why: it is kept in the status and told by an event.',
}

interface Wish {
  readonly verb: Exclude<Verb, 'resume'>
  readonly kind: string
  readonly summary: string
  readonly about: readonly string[]
  readonly example: string
  /** Is its end the completion of a rollout? */
  readonly waits: boolean
  /** What it will do: a clause in the infinitive. */
  readonly act: (scope: Scope, revision: string) => string
  /** Why there is nothing to do; undefined when there is. */
  readonly done: (set: StoredSidecarSet) => string | undefined
}

/** A command of people to a rollout: written into the set, obeyed once by the operator. */
function rolloutCommand({ verb, kind, summary, about, example, act, done, waits }: Wish): Command {
  return {
    name: verb,
    summary,
    about: [
      ...about,
      'It names the revision and the step that are on now: should the rollout have moved meanwhile it is refused.',
    ],
    operands: [SUBJECT],
    options: {
      reason: REASON,
      ...(waits ? WAIT_OPTIONS : {}),
      ...CHANGE_OPTIONS,
      ...CONFIRM_OPTIONS,
    },
    examples: [{ means: example, line: `${verb} mesh` }],
    access: ['get and patch sidecarsets, or ingressgateways', 'list pods (optional)'],
    document: changeDocument(kind),
    run: async (call) => {
      const [name = ''] = call.operands
      const set = await readSubject(call.cluster(), name)
      const scope = await scopeOf(call.cluster(), set)
      const unchanged = done(set)
      const reason = call.flags.text('reason')
      const command = commandFor(set, verb, { reason, now: call.io.now() })
      const operations = unchanged === undefined ? commandOperations(set, command) : []
      const what = act(scope, command.revision)
      if (unchanged === undefined) await confirm(call, what)
      const change = await patchSet(call, {
        set,
        scope,
        operations,
        sentence: `${verb}: asked to ${what}`,
        unchanged: unchanged ?? '',
      })
      return changeOutcome(kind, change)
    },
  }
}

export const promote = rolloutCommand({
  verb: 'promote',
  kind: 'Promote',
  summary: 'Leave out what is left of the steps, pauses and analyses of a canary.',
  about: ['All pods get the revision, within the budget of the set.'],
  example: 'It is good: to all pods',
  waits: true,
  act: (scope, revision) => `bring revision ${revision} to all of ${scopeText(scope)}`,
  done: (set) => {
    const { isGoing, step, hasFailed } = situationOf(set)
    return isGoing && !hasFailed && step === undefined
      ? 'has left its steps behind already'
      : undefined
  },
})

export const abort = rolloutCommand({
  verb: 'abort',
  kind: 'Abort',
  summary: 'Give a revision up: pods go back to the one before.',
  about: [
    'The revision counts as failed, also with onFailure: Pause, and is not tried again until the template changes or somebody retries. The spec stays as it is.',
  ],
  example: 'Stop it and go back',
  waits: false,
  act: (scope, revision) => `give revision ${revision} up and bring ${scopeText(scope)} back`,
  done: (set) => (situationOf(set).hasFailed ? 'has failed already' : undefined),
})

export const retry = rolloutCommand({
  verb: 'retry',
  kind: 'Retry',
  summary: 'Try a revision again that has failed.',
  about: ['What failed before is past, on each pod too; its canary begins anew.'],
  example: 'The cause is gone: once more',
  waits: true,
  act: (scope, revision) => `try revision ${revision} again on ${scopeText(scope)}`,
  done: (set) => {
    const { hasFailed, isGoing } = situationOf(set)
    return !hasFailed && isGoing ? 'is being rolled out' : undefined
  },
})
