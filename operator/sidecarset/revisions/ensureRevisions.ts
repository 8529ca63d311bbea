import type { StoredSidecarSet } from '../../../api/v1beta1/kinds.ts'
import type { ControllerRevision, Pod } from '../../../runtime/client/kinds.ts'
import type { ResourceClient } from '../../../runtime/client/resource.ts'
import { isApiError } from '../../../runtime/transport/apiError.ts'
import { hashesInUse } from './hashesInUse.ts'
import type { Revision } from '../rollout/revision.ts'
import { DEFAULT_HISTORY, planRevisions } from './planRevisions.ts'
import type { RevisionsPlan } from './planRevisions.ts'

export interface EnsureRevisionsOptions {
  readonly resource: ResourceClient<ControllerRevision>
  readonly set: StoredSidecarSet
  readonly existing: readonly ControllerRevision[]
  /** Those that have the set. */
  readonly pods: () => readonly Pod[]
  readonly namespace: string
  /** Is the latest revision to be tried again, under another number? */
  readonly isRetry: (latest: Revision) => boolean
  readonly signal: AbortSignal
}

/**
 * Writes the spec's revision if it is not the latest one, and trims the history.
 * Errors: ApiError.
 */
export async function ensureRevisions(options: EnsureRevisionsOptions): Promise<RevisionsPlan> {
  const { resource, set, existing, pods, namespace, isRetry, signal } = options
  // Asked of every pod, and only when there may be one too many.
  const isFull = existing.length >= (set.spec.revisionHistoryLimit ?? DEFAULT_HISTORY)
  const inUse = isFull ? hashesInUse(set, pods(), existing) : new Set<string>()
  const plan = planRevisions({ set, existing, inUse, namespace, isRetry })
  const { write } = plan
  if (write?.kind === 'create') {
    try {
      await resource.create(write.object, { signal })
    } catch (error) {
      // Written by the look before; the cache will tell of it.
      if (!isApiError(error, 'AlreadyExists')) throw error
    }
  }
  if (write?.kind === 'renumber') {
    const ref = { namespace, name: write.name }
    const patch = { revision: write.number, metadata: { labels: write.labels } }
    await resource.mergePatch(ref, patch, { signal })
  }
  for (const name of plan.surplus) {
    try {
      await resource.delete({ namespace, name }, { signal })
    } catch (error) {
      if (!isApiError(error, 'NotFound')) throw error
    }
  }
  return plan
}
