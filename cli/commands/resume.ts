import { changeDocument, changeOutcome } from '../actions/changeDocument.ts'
import { CHANGE_OPTIONS, WAIT_OPTIONS } from '../actions/options.ts'
import { patchSet } from '../actions/patchSet.ts'
import { planAct } from '../actions/planAct.ts'
import { scopeOf } from '../actions/scope.ts'
import { readSubject } from '../cluster/subjects.ts'
import { SUBJECT } from '../commandline/subject.ts'
import type { Command } from '../commandline/command.ts'
import { REASON } from './rolloutCommands.ts'

export const resume: Command = {
  name: 'resume',
  summary: 'Go on with a rollout that is paused, or with a canary step that waits for people.',
  about: [
    'Takes spec.updateStrategy.paused back if it is set. Otherwise it ends the pause of the step that is on now: should the rollout have moved meanwhile it is refused.',
  ],
  operands: [SUBJECT],
  options: { reason: REASON, ...WAIT_OPTIONS, ...CHANGE_OPTIONS },
  examples: [{ means: 'Go on, and wait for the end', line: 'resume mesh --wait' }],
  access: ['get and patch sidecarsets, or ingressgateways', 'list pods (optional)'],
  document: changeDocument('Resume'),
  run: async (call) => {
    const [name = ''] = call.operands
    const set = await readSubject(call.cluster(), name)
    const scope = await scopeOf(call.cluster(), set)
    const reason = call.flags.text('reason')
    const plan = planAct('resume', { set, scope, reason, now: call.io.now() })
    const change = await patchSet(call, { ...plan, set, scope })
    return changeOutcome('Resume', change)
  },
}
