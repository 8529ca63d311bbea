import type { ControllerRevision, Pod } from '../../runtime/client/kinds.ts'
import type { ResourceClient } from '../../runtime/client/resource.ts'
import { isApiError } from '../../runtime/transport/apiError.ts'

export interface SweepOptions {
  readonly revisions: Pick<ResourceClient<ControllerRevision>, 'delete'>
  readonly pods: Pick<ResourceClient<Pod>, 'delete'>
  readonly left: {
    readonly revisions: readonly ControllerRevision[]
    readonly prefetchPods: readonly Pod[]
  }
  readonly signal: AbortSignal
}

/**
 * Deletes what a gateway that is gone has left in the operator's namespace: it cannot own anything in
 * another namespace than its own, so the garbage collector does not know. Errors: ApiError.
 */
export async function sweep({ revisions, pods, left, signal }: SweepOptions): Promise<void> {
  for (const { metadata } of left.revisions)
    await unlessGone(revisions.delete(metadata, { signal }))
  for (const { metadata } of left.prefetchPods) await unlessGone(pods.delete(metadata, { signal }))
}

async function unlessGone(deletion: Promise<void>): Promise<void> {
  try {
    await deletion
  } catch (error) {
    if (!isApiError(error, 'NotFound')) throw error
  }
}
