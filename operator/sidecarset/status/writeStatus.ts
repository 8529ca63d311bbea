import { isDeepStrictEqual } from 'node:util'
import type { StoredSidecarSet } from '../../../api/v1beta1/kinds.ts'
import type { SidecarSetStatus } from '../../../api/v1beta1/sidecarset.ts'
import type { ResourceClient } from '../../../runtime/client/resource.ts'

/** Fields that may go away again: a merge patch drops them only when told so. */
const PASSING_FIELDS = ['failedRevision'] as const

/**
 * Patches the status if it is another. Gives the set as it is then, or undefined when nothing was
 * written. Errors: ApiError.
 */
export async function writeStatus(
  resource: ResourceClient<StoredSidecarSet>,
  set: StoredSidecarSet,
  next: SidecarSetStatus,
  signal: AbortSignal,
): Promise<StoredSidecarSet | undefined> {
  const gone = PASSING_FIELDS.filter(
    (field) => set.status?.[field] !== undefined && next[field] === undefined,
  )
  if (gone.length === 0 && isDeepStrictEqual({ ...set.status, ...next }, { ...set.status })) {
    return undefined
  }
  const dropped = Object.fromEntries(gone.map((field) => [field, null]))
  const { name, resourceVersion } = set.metadata
  const patch = { metadata: { resourceVersion }, status: { ...next, ...dropped } }
  return resource.mergePatch({ name }, patch, { signal, subresource: 'status' })
}
