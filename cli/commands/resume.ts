import type { StoredSidecarSet } from '../../api/v1beta1/kinds.ts'
import type { JsonPatchOperation } from '../../runtime/client/options.ts'
import { changeDocument, changeOutcome } from '../actions/changeDocument.ts'
import { commandFor, commandOperations, situationOf } from '../actions/command.ts'
import { CHANGE_OPTIONS, WAIT_OPTIONS } from '../actions/options.ts'
import { patchSet } from '../actions/patchSet.ts'
import { pausedOperations } from '../actions/paused.ts'
import { scopeOf, scopeText } from '../actions/scope.ts'
import { readSubject } from '../cluster/subjects.ts'
import { SUBJECT } from '../commandline/subject.ts'
import type { Call, Command } from '../commandline/command.ts'
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
    const { operations, sentence } = operationsFor(set, call)
    const change = await patchSet(call, {
      set,
      scope,
      operations,
      sentence: `${sentence}: ${scopeText(scope)}`,
      unchanged: 'is not paused',
    })
    return changeOutcome('Resume', change)
  },
}

interface Plan {
  readonly operations: readonly JsonPatchOperation[]
  readonly sentence: string
}

function operationsFor(set: StoredSidecarSet, { flags, io }: Call): Plan {
  const unpaused = pausedOperations(set, false)
  if (unpaused.length > 0) return { operations: unpaused, sentence: 'goes on' }
  const { step, isPaused, hasFailed } = situationOf(set)
  if (step === undefined || !isPaused || hasFailed) return { operations: [], sentence: '' }
  const command = commandFor(set, 'resume', { reason: flags.text('reason'), now: io.now() })
  return {
    operations: commandOperations(set, command),
    sentence: `asked to go on after step ${step}`,
  }
}
