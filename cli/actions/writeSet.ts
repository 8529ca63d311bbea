import { describeSubject } from '../../api/gateway/subject.ts'
import type { StoredSidecarSet } from '../../api/v1beta1/kinds.ts'
import type { JsonPatchOperation } from '../../runtime/client/options.ts'
import { isApiError } from '../../runtime/transport/apiError.ts'
import { CliError } from '../cliError.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { findAgain, patchSubject } from '../cluster/subjects.ts'

/**
 * Changes a set that was read, if nobody has changed its spec since. Errors: CliError when somebody
 * has.
 */
export async function writeSet(
  cluster: Cluster,
  set: StoredSidecarSet,
  operations: readonly JsonPatchOperation[],
  { dryRun }: { readonly dryRun: boolean },
): Promise<StoredSidecarSet> {
  const { generation, name } = set.metadata
  // The spec alone: the operator writes the status all the time.
  const guard: readonly JsonPatchOperation[] =
    generation === undefined
      ? []
      : [{ op: 'test', path: '/metadata/generation', value: generation }]
  try {
    return await patchSubject(cluster, set, [...guard, ...operations], { dryRun })
  } catch (error) {
    if (!isApiError(error, 'Invalid', 'BadRequest', 'Conflict', 'Unknown')) throw error
    const now = await findAgain(cluster, set)
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
