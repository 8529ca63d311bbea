import { isDeepStrictEqual } from 'node:util'
import { GATEWAY_LABEL, isGatewayCondition } from '../../api/gateway/subject.ts'
import type { IngressGatewayStatus } from '../../api/v1beta1/ingressgateway.ts'
import type { StoredIngressGateway } from '../../api/v1beta1/kinds.ts'
import type { ResourceClient } from '../../runtime/client/resource.ts'
import { timed } from '../sidecarset/status/timed.ts'
import { judgeGateway } from './conditions.ts'
import type { GatewayView } from './view.ts'

/** What of the status is the gateway's own: the rest is the rollout's, and stays. */
export function nextStatus(
  { metadata, status: before = {} }: StoredIngressGateway,
  view: GatewayView,
  now: number,
): IngressGatewayStatus {
  const { conditions = [] } = before
  const generation = metadata.generation ?? 0
  return {
    replicas: view.replicas,
    availableReplicas: view.available,
    selector: `${GATEWAY_LABEL}=${metadata.name}`,
    addresses: view.addresses,
    ...(view.templateRevision === undefined ? {} : { templateRevision: view.templateRevision }),
    conditions: [
      ...judgeGateway(view).map((one) => timed(one, conditions, generation, now)),
      ...conditions.filter((one) => !isGatewayCondition(one)),
    ],
  }
}

/**
 * Patches the status if it is another. Gives the gateway as it is then, or undefined when nothing was
 * written. Errors: ApiError; Conflict when the gateway has changed.
 */
export async function writeStatus(
  resource: Pick<ResourceClient<StoredIngressGateway>, 'mergePatch'>,
  { metadata, status }: StoredIngressGateway,
  next: IngressGatewayStatus,
  signal: AbortSignal,
): Promise<StoredIngressGateway | undefined> {
  if (isDeepStrictEqual({ ...status, ...next }, { ...status })) return undefined
  const { name, namespace, resourceVersion } = metadata
  const patch = { metadata: { resourceVersion }, status: next }
  return resource.mergePatch({ name, namespace }, patch, { signal, subresource: 'status' })
}
