import { SIDECAR_SETS } from '../../api/v1beta1/kinds.ts'
import type { StoredSidecarSet } from '../../api/v1beta1/kinds.ts'
import { isApiError } from '../../runtime/transport/apiError.ts'
import { CliError } from '../cliError.ts'
import { nearest } from '../commandline/nearest.ts'
import type { Cluster } from './cluster.ts'
import { notInstalled } from './explain.ts'

/** All SidecarSets. Errors: CliError when the cluster does not know the kind. */
export async function listSets(cluster: Cluster): Promise<readonly StoredSidecarSet[]> {
  try {
    return (await cluster.client.resource(SIDECAR_SETS).list()).items
  } catch (error) {
    // A collection is not found only when its kind is not served.
    throw isApiError(error, 'NotFound') ? notInstalled(cluster) : error
  }
}

/** Errors: CliError when there is no such set, with the name that was probably meant. */
export async function readSet(cluster: Cluster, name: string): Promise<StoredSidecarSet> {
  try {
    return await cluster.client.resource(SIDECAR_SETS).get({ name })
  } catch (error) {
    if (!isApiError(error, 'NotFound')) throw error
  }
  const names = (await listSets(cluster)).map(({ metadata }) => metadata.name)
  const near = nearest(name, names)
  throw new CliError({
    exit: 'error',
    reason: 'NotFound',
    message: `there is no SidecarSet "${name}"`,
    remedy: remedyFor(near, names),
  })
}

function remedyFor(near: string | undefined, names: readonly string[]): string {
  if (near !== undefined) return `did you mean "${near}"?`
  if (names.length === 0) return 'none exists: create one'
  const shown = names.slice(0, 5).join(', ')
  return `name one of ${shown}${names.length > 5 ? ' …' : ''}`
}
