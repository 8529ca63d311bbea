import { isDeepStrictEqual } from 'node:util'
import type { StoredSidecarSet } from '../../../api/v1beta1/kinds.ts'
import type { SidecarSetStatus } from '../../../api/v1beta1/sidecarset.ts'
import type { ResourceClient } from '../../../runtime/client/resource.ts'
import { NO_COST } from '../analysis/handoverLedger.ts'
import { dropped } from './dropped.ts'
import { mergePatch } from './mergePatch.ts'

/** Fields that may go away again: a merge patch drops them only when told so. */
const PASSING_FIELDS = ['failedRevision', 'currentStep', 'rollout'] as const

/** What may wait since the status was written a moment ago. */
export type Patience =
  | 'none'
  /** Seconds that are left and connections, in sentences: a drain is no write for every second. */
  | 'wording'
  /** Numbers of pods and of handovers too: a thousand pods are no write for each of them. */
  | 'counts'

export type StatusWrite =
  | { readonly kind: 'same' }
  /** It is another, in nothing but what may wait. */
  | { readonly kind: 'waits' }
  | { readonly kind: 'written'; readonly set: StoredSidecarSet }

/** Patches the status if it is another in more than what may wait. Errors: ApiError. */
export async function writeStatus(
  resource: Pick<ResourceClient<StoredSidecarSet>, 'mergePatch'>,
  set: StoredSidecarSet,
  next: SidecarSetStatus,
  { patience, signal }: { readonly patience: Patience; readonly signal: AbortSignal },
): Promise<StatusWrite> {
  const before = set.status ?? {}
  const gone = dropped(before, next, PASSING_FIELDS)
  const isSame = isDeepStrictEqual({ ...before, ...next }, { ...before })
  if (Object.keys(gone).length === 0) {
    if (isSame) return { kind: 'same' }
    const without = WITHOUT[patience]
    if (isDeepStrictEqual(without({ ...before, ...next }), without(before))) {
      return { kind: 'waits' }
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
  const after = await resource.mergePatch({ name }, patch, { signal, subresource: 'status' })
  return { kind: 'written', set: after }
}

const WITHOUT: Readonly<Record<Patience, (status: SidecarSetStatus) => object>> = {
  none: (status) => status,
  wording: withoutWording,
  counts: withoutCounts,
}

function withoutWording(status: SidecarSetStatus): object {
  return { ...status, conditions: status.conditions?.map((one) => ({ ...one, message: '' })) }
}

const COUNTS = {
  ...{ matchedPods: 0, updatedPods: 0, readyPods: 0, updatedReadyPods: 0, upgradingPods: 0 },
  handover: undefined,
}

function withoutCounts(status: SidecarSetStatus): object {
  const { analysis } = status
  const budget = { ...analysis?.budget, ...NO_COST, message: '' }
  return { ...withoutWording(status), ...COUNTS, analysis: { ...analysis, budget } }
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
