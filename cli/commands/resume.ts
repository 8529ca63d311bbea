import { changeDocument, changeOutcome } from '../actions/changeDocument.ts'
import { CHANGE_OPTIONS, WAIT_OPTIONS } from '../actions/options.ts'
import { patchSet } from '../actions/patchSet.ts'
import { pausedOperations } from '../actions/paused.ts'
import { scopeOf, scopeText } from '../actions/scope.ts'
import { readSet } from '../cluster/sets.ts'
import type { Command } from '../commandline/command.ts'

export const resume: Command = {
  name: 'resume',
  summary: 'Go on with a rollout that was paused.',
  about: ['Takes spec.updateStrategy.paused back.'],
  operands: [{ name: 'SET', summary: 'a SidecarSet', completes: 'sidecarsets' }],
  options: { ...WAIT_OPTIONS, ...CHANGE_OPTIONS },
  examples: [{ means: 'Go on, and wait for the end', line: 'resume mesh --wait' }],
  access: ['get and patch sidecarsets', 'list pods (optional)'],
  document: changeDocument('Resume'),
  run: async (call) => {
    const [name = ''] = call.operands
    const set = await readSet(call.cluster(), name)
    const scope = await scopeOf(call.cluster(), set)
    const change = await patchSet(call, {
      set,
      scope,
      operations: pausedOperations(set, false),
      sentence: `goes on with ${scopeText(scope)}`,
      unchanged: 'is not paused',
    })
    return changeOutcome('Resume', change)
  },
}
