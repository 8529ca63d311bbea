import type { GatewayAddress, GatewayServiceType } from '../../api/v1beta1/ingressgateway.ts'
import type { StoredIngressGateway } from '../../api/v1beta1/kinds.ts'
import { gatewaySetName } from '../../api/gateway/subject.ts'
import type { EventReason } from '../../api/eventReasons.ts'
import { podRevisions } from '../../api/podRecord.ts'
import type { Deployment, Service } from '../../runtime/client/kinds.ts'

/** Why Deployment and Service are not as the spec wants them. */
export interface GatewayObstacle {
  readonly reason: Extract<EventReason, 'NameTaken' | 'TemplateRefused' | 'WriteRefused'>
  readonly sentence: string
}

/** How a gateway stands, apart from its rollout. */
export interface GatewayView {
  readonly name: string
  readonly wanted: number
  readonly replicas: number
  readonly available: number
  readonly serviceType: GatewayServiceType
  readonly addresses: readonly GatewayAddress[]
  readonly obstacle: GatewayObstacle | undefined
  /** Why pods are missing, by the Deployment's controller; undefined when it knows nothing. */
  readonly missingBecause: string | undefined
  /** See IngressGatewayStatus. */
  readonly templateRevision: string | undefined
}

/** @param deployment undefined when there is none of the gateway's own; the same of the service */
export function viewGateway(
  { metadata, spec }: StoredIngressGateway,
  deployment: Deployment | undefined,
  service: Service | undefined,
  obstacle: GatewayObstacle | undefined,
): GatewayView {
  const { replicas = 0, availableReplicas = 0 } = deployment?.status ?? {}
  const { name, namespace } = metadata
  const { annotations } = deployment?.spec?.template.metadata ?? {}
  const serviceType = spec.service.type ?? 'LoadBalancer'
  return {
    name,
    wanted: spec.replicas ?? 1,
    replicas,
    available: availableReplicas,
    serviceType,
    addresses: addressesOf(serviceType, service),
    obstacle,
    missingBecause: missingBecause(deployment),
    templateRevision: podRevisions(annotations)[gatewaySetName(namespace, name)]?.hash,
  }
}

/** Such as a quota, or a security level that the pods do not have; or pods that do not get ready. */
function missingBecause(deployment: Deployment | undefined): string | undefined {
  const { conditions = [] } = deployment?.status ?? {}
  const failed = conditions.find(
    ({ type, status }) =>
      (type === 'ReplicaFailure' && status === 'True') ||
      (type === 'Progressing' && status === 'False'),
  )
  return failed?.message
}

/** Those of the load balancer; inside the cluster those of the Service itself. */
function addressesOf(
  type: GatewayServiceType,
  service: Service | undefined,
): readonly GatewayAddress[] {
  if (type === 'LoadBalancer') {
    return (service?.status?.loadBalancer?.ingress ?? []).flatMap(({ ip, hostname }) => [
      ...(ip === undefined ? [] : [{ type: 'IPAddress' as const, value: ip }]),
      ...(hostname === undefined ? [] : [{ type: 'Hostname' as const, value: hostname }]),
    ])
  }
  const { clusterIPs = [] } = service?.spec ?? {}
  return clusterIPs.map((value) => ({ type: 'IPAddress', value }))
}
