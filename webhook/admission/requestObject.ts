import type { StoredIngressGateway } from '../../api/v1beta1/kinds.ts'
import type { SidecarSet } from '../../api/v1beta1/sidecarset.ts'
import type { TrafficInterception } from '../../api/v1beta1/trafficinterception.ts'
import type { KubeObject } from '../../runtime/client/objects.ts'
import type { Pod } from '../inject/podTypes.ts'

// The API server has checked the shape of what it sends against the schema of the kind; only the
// configuration of the webhook can be wrong, and send another kind.

/** The pod of a review. Errors: TypeError when it is something else. */
export function podOf(value: unknown): Pod {
  return ofKind('Pod', value) as Pod
}

/** The SidecarSet of a review. Errors: TypeError when it is something else. */
export function sidecarSetOf(value: unknown): SidecarSet {
  return ofKind('SidecarSet', value) as SidecarSet
}

/** The TrafficInterception of a review. Errors: TypeError when it is something else. */
export function trafficInterceptionOf(value: unknown): TrafficInterception {
  return ofKind('TrafficInterception', value) as TrafficInterception
}

/** The IngressGateway of a review. Errors: TypeError when it is something else. */
export function ingressGatewayOf(value: unknown): StoredIngressGateway {
  return ofKind('IngressGateway', value) as StoredIngressGateway
}

function ofKind(kind: string, value: unknown): unknown {
  const found = (value as Partial<KubeObject> | null | undefined)?.kind
  if (found === kind) return value
  throw new TypeError(`the webhook was sent ${found ?? 'nothing'} instead of a ${kind}`)
}
