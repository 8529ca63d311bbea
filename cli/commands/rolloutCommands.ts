import { changeDocument, changeOutcome } from '../actions/changeDocument.ts'
import type { Verb } from '../actions/command.ts'
import { confirm } from '../actions/confirm.ts'
import { CHANGE_OPTIONS, CONFIRM_OPTIONS, WAIT_OPTIONS } from '../actions/options.ts'
import { patchSet } from '../actions/patchSet.ts'
import { planAct } from '../actions/planAct.ts'
import { scopeOf } from '../actions/scope.ts'
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
}

/** A command of people to a rollout: written into the set, obeyed once by the operator. */
function rolloutCommand({ verb, kind, summary, about, example, waits }: Wish): Command {
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
      const reason = call.flags.text('reason')
      const plan = planAct(verb, { set, scope, reason, now: call.io.now() })
      if (plan.operations.length > 0) await confirm(call, plan.what)
      const change = await patchSet(call, { ...plan, set, scope })
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
})

export const retry = rolloutCommand({
  verb: 'retry',
  kind: 'Retry',
  summary: 'Try a revision again that has failed.',
  about: ['What failed before is past, on each pod too; its canary begins anew.'],
  example: 'The cause is gone: once more',
  waits: true,
})
