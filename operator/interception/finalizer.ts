import { GROUP } from '../../api/group.ts'
import type { StoredTrafficInterception } from '../../api/v1beta1/kinds.ts'
import type { ResourceClient } from '../../runtime/client/resource.ts'

/**
 * Keeps a TrafficInterception that is deleted until the traffic of its pods goes directly again. It
 * is there only while some of it does not: an object that intercepts nothing goes at once, operator
 * or not.
 */
export const FINALIZER = `${GROUP}/interception`

/** After this the object goes all the same; pods that are left are switched off without it. */
export const LONGEST_HOLD_MS = 10 * 60 * 1000

export function isHeld({ metadata }: StoredTrafficInterception): boolean {
  return metadata.finalizers?.includes(FINALIZER) === true
}

/** Adds the finalizer, or takes it away. Errors: ApiError; Conflict when the object has changed. */
export function setHeld(
  resource: ResourceClient<StoredTrafficInterception>,
  object: StoredTrafficInterception,
  held: boolean,
  signal: AbortSignal,
): Promise<StoredTrafficInterception> {
  const { name, namespace, resourceVersion, finalizers = [] } = object.metadata
  const others = finalizers.filter((one) => one !== FINALIZER)
  const patch = {
    metadata: { resourceVersion, finalizers: held ? [...others, FINALIZER] : others },
  }
  return resource.mergePatch({ name, namespace }, patch, { signal })
}
