import type { StoredSidecarSet } from '../../../api/v1beta1/kinds.ts'
import type { ControllerRevision, Pod } from '../../../runtime/client/kinds.ts'
import type { ResourceClient } from '../../../runtime/client/resource.ts'
import { isApiError } from '../../../runtime/transport/apiError.ts'
import { viewPod } from '../rollout/podView.ts'
import { planRevisions } from './planRevisions.ts'
import type { RevisionsPlan } from './planRevisions.ts'

export interface EnsureRevisionsOptions {
  readonly resource: ResourceClient<ControllerRevision>
  readonly set: StoredSidecarSet
  readonly existing: readonly ControllerRevision[]
  readonly pods: readonly Pod[]
  readonly namespace: string
  readonly signal: AbortSignal
}

/**
 * Writes the spec's revision if it is not the latest one, and trims the history.
 * Errors: ApiError; Conflict when a revision of that name exists that the cache does not know yet.
 */
export async function ensureRevisions(options: EnsureRevisionsOptions): Promise<RevisionsPlan> {
  const { resource, set, existing, pods, namespace, signal } = options
  const plan = planRevisions({ set, existing, inUse: hashesInUse(set, pods), namespace })
  const { write } = plan
  if (write?.kind === 'create') await resource.create(write.object, { signal })
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

/** Revisions that pods have or may go back to, and those the status names. */
function hashesInUse(set: StoredSidecarSet, pods: readonly Pod[]): ReadonlySet<string> {
  const hashes = pods.flatMap((pod) => {
    const view = viewPod(pod, set.metadata.name)
    if (view === undefined) return []
    const { state } = view
    return [view.entry.hash, ...(state === undefined ? [] : [state.revision, state.from.revision])]
  })
  const { currentRevision = '', failedRevision = '' } = set.status ?? {}
  return new Set([...hashes, currentRevision, failedRevision])
}
