import type {
  V1Container,
  V1LabelSelector,
  V1LocalObjectReference,
  V1ObjectMeta,
  V1Probe,
  V1Volume,
} from '@kubernetes/client-node'
import type { Wire } from '../wire.ts'

/** A whole number, or a percentage such as "25%". */
export type IntOrPercent = number | string

export type UpgradeType = 'ColdUpgrade' | 'HotUpgrade'
export type UpdateType = 'NotUpdate' | 'RollingUpdate'
export type PodInjectPolicy = 'BeforeAppContainer' | 'AfterAppContainer'
export type FailurePolicy = 'Pause' | 'Rollback'

/** How the old process is told to finish. Exactly one key; absent means the signal SIGTERM. */
export interface DrainMethod {
  readonly envoy?: { readonly adminPort: number }
  readonly signal?: { readonly name?: string }
}

export interface Drain {
  /** From the order to drain until what is left is reported. Defaults to 15. */
  readonly timerSeconds?: number
  /** What is left then is cut and counted. Defaults to 600. */
  readonly maxSeconds?: number
  readonly method?: DrainMethod
}

/** How Baton hands the listeners over. Required with HotUpgrade. */
export interface Handover {
  readonly drain?: Drain
  /** Defaults to 60. */
  readonly startDeadlineSeconds?: number
  readonly healthCheck?: Wire<V1Probe>
  /** Defaults to 0. */
  readonly confirmSeconds?: number
  /** Ports of one process alone, such as its admin interface. */
  readonly privatePorts?: readonly number[]
}

export interface UpgradeStrategy {
  /** Defaults to ColdUpgrade. Immutable. */
  readonly upgradeType?: UpgradeType
  /** Of the idle slot of a new pod, until its first upgrade. Defaults to the container's. */
  readonly hotUpgradeEmptyImage?: string
  readonly handover?: Handover
}

export type SidecarContainer = Wire<V1Container> & {
  /** Defaults to BeforeAppContainer for containers, AfterAppContainer for initContainers. */
  readonly podInjectPolicy?: PodInjectPolicy
  readonly upgradeStrategy?: UpgradeStrategy
}

export interface UpdateStrategy {
  /** Defaults to RollingUpdate. */
  readonly type?: UpdateType
  /** No pod is started while true; pods in flight finish. */
  readonly paused?: boolean
  readonly selector?: Wire<V1LabelSelector>
  /** Pods to keep on their old revision. Defaults to 0. */
  readonly partition?: IntOrPercent
  /** Pods that may be in flight or not ready at a time. Defaults to 1. */
  readonly maxUnavailable?: IntOrPercent
  /** What to do once failureLimit pods failed. Defaults to Rollback. */
  readonly onFailure?: FailurePolicy
  /** Defaults to 1. */
  readonly failureLimit?: IntOrPercent
  /** Defaults to 600. */
  readonly progressDeadlineSeconds?: number
  /** Defaults to true. */
  readonly prefetchImages?: boolean
}

export interface InjectionStrategy {
  readonly paused?: boolean
}

export interface SidecarSetSpec {
  readonly selector: Wire<V1LabelSelector>
  readonly namespaceSelector?: Wire<V1LabelSelector>
  readonly initContainers?: readonly SidecarContainer[]
  readonly containers?: readonly SidecarContainer[]
  readonly volumes?: readonly Wire<V1Volume>[]
  readonly imagePullSecrets?: readonly Wire<V1LocalObjectReference>[]
  readonly updateStrategy?: UpdateStrategy
  readonly injectionStrategy?: InjectionStrategy
  /** Defaults to 10. */
  readonly revisionHistoryLimit?: number
}

/** A metav1.Condition. */
export interface Condition {
  readonly type: string
  readonly status: 'True' | 'False' | 'Unknown'
  readonly reason: string
  readonly message: string
  readonly lastTransitionTime: string
  readonly observedGeneration?: number
}

export interface HandoverTotals {
  readonly completed: number
  readonly failed: number
  readonly listenersHanded: number
  readonly connectionsDrained: number
  readonly connectionsCut: number
  readonly lastDurationSeconds: number
}

export interface SidecarSetStatus {
  readonly observedGeneration?: number
  readonly matchedPods?: number
  readonly updatedPods?: number
  readonly readyPods?: number
  readonly updatedReadyPods?: number
  readonly upgradingPods?: number
  readonly failedPods?: number
  readonly currentRevision?: string
  readonly latestRevision?: string
  /** Hash that failed and is not tried again until the spec changes. */
  readonly failedRevision?: string
  readonly collisionCount?: number
  readonly conditions?: readonly Condition[]
  readonly handover?: HandoverTotals
}

export interface SidecarSet {
  readonly apiVersion: 'baton.dev/v1beta1'
  readonly kind: 'SidecarSet'
  readonly metadata: Wire<V1ObjectMeta>
  readonly spec: SidecarSetSpec
  readonly status?: SidecarSetStatus
}
