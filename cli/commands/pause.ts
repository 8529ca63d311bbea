import { changeDocument, changeOutcome } from '../actions/changeDocument.ts'
import { CHANGE_OPTIONS } from '../actions/options.ts'
import { patchSet } from '../actions/patchSet.ts'
import { planAct } from '../actions/planAct.ts'
import { scopeOf } from '../actions/scope.ts'
import { readSubject } from '../cluster/subjects.ts'
import { SUBJECT } from '../commandline/subject.ts'
import type { Command } from '../commandline/command.ts'

export const pause: Command = {
  name: 'pause',
  summary: 'Start no more pods; those in flight finish.',
  about: [
    'Sets spec.updateStrategy.paused. New pods still get sidecars: spec.injectionStrategy.paused is another thing.',
  ],
  operands: [SUBJECT],
  options: CHANGE_OPTIONS,
  examples: [{ means: 'Stop where it is', line: 'pause mesh' }],
  access: ['get and patch sidecarsets, or ingressgateways', 'list pods (optional)'],
  document: changeDocument('Pause'),
  run: async (call) => {
    const [name = ''] = call.operands
    const set = await readSubject(call.cluster(), name)
    const scope = await scopeOf(call.cluster(), set)
    const plan = planAct('pause', { set, scope, reason: undefined, now: call.io.now() })
    const change = await patchSet(call, { ...plan, set, scope })
    return changeOutcome('Pause', change)
  },
}
