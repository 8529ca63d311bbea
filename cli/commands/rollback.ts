import { changeDocument, changeOutcome } from '../actions/changeDocument.ts'
import { confirm } from '../actions/confirm.ts'
import { findRevision, previousRevision } from '../actions/findRevision.ts'
import { CHANGE_OPTIONS, CONFIRM_OPTIONS, WAIT_OPTIONS } from '../actions/options.ts'
import { patchSet } from '../actions/patchSet.ts'
import { planRollback } from '../actions/planAct.ts'
import { revisionsOf } from '../actions/readRevisions.ts'
import { scopeOf } from '../actions/scope.ts'
import { readSubject } from '../cluster/subjects.ts'
import { SUBJECT } from '../commandline/subject.ts'
import type { Command } from '../commandline/command.ts'

export const rollback: Command = {
  name: 'rollback',
  summary: 'Bring pods back to an earlier revision.',
  about: [
    'Gives the spec the containers, volumes and pull secrets of an earlier revision, which pods then get as in every rollout: those whose standby slot still has the image change slots, without a pull.',
    'Without REVISION it is the last one that every pod had, or else the one before the present one. What the spec says besides (selectors, strategy) stays.',
  ],
  operands: [
    SUBJECT,
    { name: 'REVISION', summary: 'hash or number, as history lists them', optional: true },
  ],
  options: { ...WAIT_OPTIONS, ...CHANGE_OPTIONS, ...CONFIRM_OPTIONS },
  examples: [
    { means: 'Back to what worked', line: 'rollback mesh --wait' },
    { means: 'To a certain one, in a script', line: 'rollback mesh 3 --yes --wait' },
  ],
  access: [
    'get and patch sidecarsets (or ingressgateways), list controllerrevisions in baton-system',
    'list pods (optional)',
  ],
  document: changeDocument('Rollback'),
  run: async (call) => {
    const [name = '', word] = call.operands
    const cluster = call.cluster()
    const set = await readSubject(cluster, name)
    const revisions = await revisionsOf(cluster, set)
    const to = word === undefined ? previousRevision(revisions) : findRevision(revisions, word)
    const scope = await scopeOf(cluster, set)
    const plan = planRollback({ set, scope }, { from: revisions.latest, to })
    if (plan.operations.length > 0) await confirm(call, plan.what)
    const change = await patchSet(call, { ...plan, set, scope })
    return changeOutcome('Rollback', change)
  },
}
