import { GROUP } from '../../api/group.ts'
import type { StoredSidecarSet } from '../../api/v1beta1/kinds.ts'
import type { ResourceClient } from '../../runtime/client/resource.ts'

/**
 * Keeps a SidecarSet that is deleted until its pods in flight have come to an end. It is there only
 * while there are such pods: where the operator has gone before the sets, as when all of Baton is
 * removed at once, nobody would take it away, and the deletion would wait for ever.
 */
export const FINALIZER = `${GROUP}/upgrades-in-flight`

export function isHeld({ metadata }: StoredSidecarSet): boolean {
  return metadata.finalizers?.includes(FINALIZER) === true
}

/** Adds the finalizer, or takes it away. Errors: ApiError; Conflict when the set has changed. */
export function setHeld(
  resource: Pick<ResourceClient<StoredSidecarSet>, 'mergePatch'>,
  set: StoredSidecarSet,
  held: boolean,
  signal: AbortSignal,
): Promise<StoredSidecarSet> {
  const { name, resourceVersion, finalizers = [] } = set.metadata
  const others = finalizers.filter((one) => one !== FINALIZER)
  const patch = {
    metadata: { resourceVersion, finalizers: held ? [...others, FINALIZER] : others },
  }
  return resource.mergePatch({ name }, patch, { signal })
}
