import { isDeepStrictEqual } from 'node:util'
import type { StoredSidecarSet } from '../../../api/v1beta1/kinds.ts'
import type { SidecarSetStatus } from '../../../api/v1beta1/sidecarset.ts'
import type { ResourceClient } from '../../../runtime/client/resource.ts'
import { dropped } from './dropped.ts'
import { mergePatch } from './mergePatch.ts'

/** Fields that may go away again: a merge patch drops them only when told so. */
const PASSING_FIELDS = ['failedRevision', 'currentStep', 'rollout'] as const

/**
 * Patches the status if it is another; one that differs in the wording of conditions alone (seconds
 * that are left, connections) may wait, so that a drain is not a write for every second. Gives the set as it is then, or undefined when nothing was
 * written. Errors: ApiError.
 */
export async function writeStatus(
  resource: Pick<ResourceClient<StoredSidecarSet>, 'mergePatch'>,
  set: StoredSidecarSet,
  next: SidecarSetStatus,
  { wordingMayWait, signal }: { readonly wordingMayWait: boolean; readonly signal: AbortSignal },
): Promise<StoredSidecarSet | undefined> {
  const before = set.status ?? {}
  const gone = dropped(before, next, PASSING_FIELDS)
  const isSame = isDeepStrictEqual({ ...before, ...next }, { ...before })
  if (Object.keys(gone).length === 0) {
    if (isSame) return undefined
    if (wordingMayWait && isDeepStrictEqual(worded({ ...before, ...next }), worded(before))) {
      return undefined
    }
  }
  const status = {
    ...next,
    ...replaced('rollout', before.rollout, next.rollout),
    ...replaced('lastCommand', before.lastCommand, next.lastCommand),
    ...gone,
  }
  const analysis =
    next.analysis === undefined
      ? {}
      : { analysis: mergePatch(before.analysis ?? {}, next.analysis) }
  const { name, resourceVersion } = set.metadata
  const patch = { metadata: { resourceVersion }, status: { ...status, ...analysis } }
  return resource.mergePatch({ name }, patch, { signal, subresource: 'status' })
}

function worded(status: SidecarSetStatus): object {
  return { ...status, conditions: status.conditions?.map((one) => ({ ...one, message: '' })) }
}

/** A field whose value takes the place of the one before: a merge patch would mix the two. */
function replaced<T extends object>(
  name: string,
  before: T | undefined,
  after: T | undefined,
): Readonly<Record<string, object>> {
  if (after === undefined) return {}
  return { [name]: { ...after, ...dropped(before ?? after, after) } }
}
