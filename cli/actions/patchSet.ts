import { revisionHash, revisionTemplate } from '../../api/revision.ts'
import type { StoredSidecarSet } from '../../api/v1beta1/kinds.ts'
import type { JsonPatchOperation } from '../../runtime/client/options.ts'
import type { Call } from '../commandline/command.ts'
import { waitFor } from '../status/waitFor.ts'
import type { Change } from './changeDocument.ts'
import { gitNotes } from './gitNotes.ts'
import type { Scope } from './scope.ts'
import { writeSet } from './writeSet.ts'

export interface Patch {
  readonly set: StoredSidecarSet
  /** None: it is as asked already. */
  readonly operations: readonly JsonPatchOperation[]
  readonly sentence: string
  /** What to say when there is nothing to do. */
  readonly unchanged: string
  readonly scope: Scope
}

/** Changes a set, and waits if that is asked for. Errors: those of `writeSet`. */
export async function patchSet(call: Call, patch: Patch): Promise<Change> {
  const { set, operations, sentence, unchanged, scope } = patch
  const isDry = call.flags.text('dry-run') === 'server'
  const hashOf = ({ spec }: StoredSidecarSet): string => revisionHash(revisionTemplate(spec))
  const before = hashOf(set)
  const common = { set: set.metadata.name, scope, notes: gitNotes(set) }
  if (operations.length === 0) {
    const done: Change = { ...common, outcome: 'Unchanged', sentence: unchanged, revision: before }
    return withWait(call, set, { ...done, notes: [] })
  }
  const after = await writeSet(call.cluster(), set, operations, { dryRun: isDry })
  const revision = hashOf(after)
  const change: Change = {
    ...common,
    outcome: isDry ? 'DryRun' : 'Changed',
    sentence,
    revision,
    ...(revision === before ? {} : { before }),
  }
  return isDry ? change : withWait(call, set, change)
}

async function withWait(call: Call, set: StoredSidecarSet, change: Change): Promise<Change> {
  const { flags, io } = call
  if (!flags.has('wait') || flags.text('dry-run') === 'server') return change
  const ended = await waitFor({
    cluster: call.cluster(),
    io,
    set,
    revision: change.revision,
    goal: 'complete',
    timeoutMs: flags.duration('timeout'),
    intervalMs: undefined,
    onChange: call.forPeople
      ? (line) => {
          io.print(`${line}\n`)
        }
      : undefined,
  })
  const { exit, reason, sentence, revision } = ended
  return { ...change, ended: { exit, reason, sentence, revision } }
}
