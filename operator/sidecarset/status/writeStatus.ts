import { isDeepStrictEqual } from 'node:util'
import type { StoredSidecarSet } from '../../../api/v1beta1/kinds.ts'
import type { SidecarSetStatus } from '../../../api/v1beta1/sidecarset.ts'
import type { ResourceClient } from '../../../runtime/client/resource.ts'
import { dropped } from './dropped.ts'

/** Fields that may go away again: a merge patch drops them only when told so. */
const PASSING_FIELDS = ['failedRevision', 'currentStep', 'rollout'] as const

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
  const before = set.status ?? {}
  const gone = dropped(before, next, PASSING_FIELDS)
  const isSame = isDeepStrictEqual({ ...before, ...next }, { ...before })
  if (Object.keys(gone).length === 0 && isSame) return undefined
  const rollout = { ...next.rollout, ...dropped(before.rollout ?? {}, next.rollout ?? {}) }
  const status = { ...next, ...(next.rollout === undefined ? {} : { rollout }), ...gone }
  const { name, resourceVersion } = set.metadata
  const patch = { metadata: { resourceVersion }, status }
  return resource.mergePatch({ name }, patch, { signal, subresource: 'status' })
}
