import { describeSubject } from '../../api/gateway/subject.ts'
import { revisionHash, revisionTemplate } from '../../api/revision.ts'
import type { StoredSidecarSet } from '../../api/v1beta1/kinds.ts'
import type { JsonPatchOperation } from '../../runtime/client/options.ts'
import { isApiError } from '../../runtime/transport/apiError.ts'
import { CliError } from '../cliError.ts'
import { findAgain, patchSubject } from '../cluster/subjects.ts'
import type { Call } from '../commandline/command.ts'
import { waitFor } from '../status/waitFor.ts'
import type { Change } from './changeDocument.ts'
import type { Scope } from './scope.ts'

export interface Patch {
  readonly set: StoredSidecarSet
  /** None: it is as asked already. */
  readonly operations: readonly JsonPatchOperation[]
  readonly sentence: string
  /** What to say when there is nothing to do. */
  readonly unchanged: string
  readonly scope: Scope
}

/**
 * Changes a set that was read, if nobody has changed its spec since. Errors: CliError when somebody
 * has.
 */
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
  const after = await write(call, set, operations, isDry)
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

async function write(
  call: Call,
  set: StoredSidecarSet,
  operations: readonly JsonPatchOperation[],
  dryRun: boolean,
): Promise<StoredSidecarSet> {
  const { generation, name } = set.metadata
  // The spec alone: the operator writes the status all the time.
  const guard: readonly JsonPatchOperation[] =
    generation === undefined
      ? []
      : [{ op: 'test', path: '/metadata/generation', value: generation }]
  try {
    return await patchSubject(call.cluster(), set, [...guard, ...operations], { dryRun })
  } catch (error) {
    if (!isApiError(error, 'Invalid', 'BadRequest', 'Conflict', 'Unknown')) throw error
    const now = await findAgain(call.cluster(), set)
    if (now === undefined || now.metadata.generation === generation) throw error
    throw new CliError({
      exit: 'error',
      reason: 'Conflict',
      message: `somebody has changed ${describeSubject(name)} in between (generation ${now.metadata.generation ?? 0}, not ${generation ?? 0})`,
      remedy: `look at it (kubectl baton status ${name}) and try again`,
      cause: error,
    })
  }
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

const GIT = /argocd|flux|kustomize-controller|helm/i

/** Whoever applies the spec from elsewhere takes the change back at the next look. */
function gitNotes({ metadata }: StoredSidecarSet): readonly string[] {
  const fields = (metadata.managedFields ?? []) as readonly { readonly manager?: string }[]
  const managers = fields.map(({ manager = '' }) => manager).filter((one) => GIT.test(one))
  return [...new Set(managers)].map(
    (one) => `${one} applies this SidecarSet and may take the change back; change it there as well`,
  )
}
