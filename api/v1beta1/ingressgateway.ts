import type { V1ObjectMeta, V1PodSpec, V1Volume } from '@kubernetes/client-node'
import type { Wire } from '../wire.ts'
import type { Handover, SidecarContainer, SidecarSetStatus, UpdateStrategy } from './sidecarset.ts'

export type GatewayServiceType = 'ClusterIP' | 'NodePort' | 'LoadBalancer'
export type TrafficPolicy = 'Cluster' | 'Local'

/** What of a set's container has to do with an app, which a gateway's pods do not have. */
type FromApp =
  | 'podInjectPolicy'
  | 'shareVolumePolicy'
  | 'shareVolumeDevicePolicy'
  | 'transferEnv'
  | 'resourcesPolicy'

/** The proxy: its listeners are always handed over. */
export type GatewayProxy = Omit<SidecarContainer, FromApp | 'upgradeStrategy'> & {
  readonly upgradeStrategy?: {
    /** Nothing else is possible. Defaults to HotUpgrade. */
    readonly upgradeType?: 'HotUpgrade'
    /** Defaults to {}. */
    readonly handover?: Handover
  }
}

/** A port of the Service. */
export interface GatewayPort {
  /** Required where there are several. */
  readonly name?: string
  readonly port: number
  /** Port of the proxy, by number or by name. Defaults to `port`. */
  readonly targetPort?: number | string
  /** Defaults to a free one. */
  readonly nodePort?: number
  readonly appProtocol?: string
}

export interface GatewayService {
  /** Defaults to LoadBalancer. */
  readonly type?: GatewayServiceType
  readonly ports: readonly GatewayPort[]
  readonly annotations?: Readonly<Record<string, string>>
  /** Local keeps the client's address. Defaults to Cluster. */
  readonly externalTrafficPolicy?: TrafficPolicy
}

type Scheduling =
  | 'nodeSelector'
  | 'affinity'
  | 'tolerations'
  | 'topologySpreadConstraints'
  | 'priorityClassName'
  | 'schedulerName'
  | 'runtimeClassName'
  | 'serviceAccountName'
  | 'automountServiceAccountToken'
  | 'securityContext'
  | 'imagePullSecrets'
  | 'terminationGracePeriodSeconds'

/** What of the pods is not the proxy. A change of it makes new pods. */
export type GatewayTemplate = Partial<Pick<Wire<V1PodSpec>, Scheduling>> & {
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
}

export interface IngressGatewaySpec {
  /** Defaults to 1. Autoscalers write it. */
  readonly replicas?: number
  readonly proxy: GatewayProxy
  readonly volumes?: readonly Wire<V1Volume>[]
  readonly template?: GatewayTemplate
  readonly service: GatewayService
  readonly updateStrategy?: UpdateStrategy
  /** Defaults to 10. */
  readonly revisionHistoryLimit?: number
}

/** Where clients reach the gateway. */
export interface GatewayAddress {
  readonly type: 'IPAddress' | 'Hostname'
  readonly value: string
}

export interface IngressGatewayStatus extends SidecarSetStatus {
  /** Pods that there are. */
  readonly replicas?: number
  /** Pods that are ready. */
  readonly availableReplicas?: number
  /** Selects the pods, for autoscalers. */
  readonly selector?: string
  readonly addresses?: readonly GatewayAddress[]
  /** Hash of the revision with which pods start that no webhook sees. */
  readonly templateRevision?: string
}

export interface IngressGateway {
  readonly apiVersion: 'baton.dev/v1beta1'
  readonly kind: 'IngressGateway'
  readonly metadata: Wire<V1ObjectMeta>
  readonly spec: IngressGatewaySpec
  readonly status?: IngressGatewayStatus
}
