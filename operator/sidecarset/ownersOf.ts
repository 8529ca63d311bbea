import { isGatewaySetName } from '../../api/gateway/subject.ts'
import type { StoredSidecarSet } from '../../api/v1beta1/kinds.ts'
import type { OwnerReference } from '../../runtime/client/objects.ts'
import { ownerReferenceTo } from '../../runtime/client/objects.ts'

/**
 * Owners of what is made for a set in the operator's namespace. A gateway lives in another namespace:
 * to the garbage collector it would be an owner that is gone; see sweep.ts.
 */
export function ownersOf(set: StoredSidecarSet): readonly OwnerReference[] {
  return isGatewaySetName(set.metadata.name) ? [] : [ownerReferenceTo(set)]
}
