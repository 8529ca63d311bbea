import type {
  V1Container,
  V1LabelSelector,
  V1LocalObjectReference,
  V1ObjectMeta,
  V1Probe,
  V1Volume,
} from '@kubernetes/client-node'
import type { Wire } from '../wire.ts'
import type { Analysis, AnalysisStatus, BackgroundAnalysis } from './analysis.ts'

/** A whole number, or a percentage such as "25%". */
export type IntOrPercent = number | string

export type UpgradeType = 'ColdUpgrade' | 'HotUpgrade'
export type UpdateType = 'NotUpdate' | 'RollingUpdate'
export type PodInjectPolicy = 'BeforeAppContainer' | 'AfterAppContainer'
export type FailurePolicy = 'Pause' | 'Rollback'
export type SharePolicy = 'enabled' | 'disabled'
export type TargetMode = 'sum' | 'max'

/**
 * How the old process is told to finish. Exactly one key; absent means the signal SIGTERM. Paths and
 * arguments may hold `$(BATON_INSTANCE)`, which no two processes of a pod have in common.
 */
export interface DrainMethod {
  /** The admin interface of Envoy. The port becomes a private port. */
  readonly envoy?: { readonly adminPort: number }
  /** SIGUSR1. With its stats socket, connections are told by protocol. */
  readonly haproxy?: { readonly socket?: string }
  /** SIGQUIT. */
  readonly nginx?: Readonly<Record<string, never>>
  /** The handshake of its smooth upgrade. The directory is its uds_dir. */
  readonly mosn?: { readonly directory: string }
  /** Defaults to SIGTERM. */
  readonly signal?: { readonly name?: string }
  /** A request to the process: by default POST /. The port becomes a private port. */
  readonly http?: {
    readonly method?: string
    readonly port: number
    readonly path?: string
  }
  /** A program that is run in the slot. */
  readonly exec?: { readonly command: readonly string[] }
}

export interface Drain {
  /** From the order to drain until what is left is reported. Defaults to 15. */
  readonly timerSeconds?: number
  /** What is left then is cut and counted. Defaults to 600. */
  readonly maxSeconds?: number
  readonly method?: DrainMethod
}

/** How Baton hands the listeners over. Without it a hot sidecar moves its own state. */
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
  /**
   * What an idle slot runs. With handover: in a new pod until its first upgrade, and it defaults to
   * the container's. Without: always, and it is required.
   */
  readonly hotUpgradeEmptyImage?: string
  readonly handover?: Handover
}

/** Variables of one of the app's containers that a sidecar gets too. */
export interface TransferEnv {
  readonly sourceContainerName?: string
  /** The name stands in a label or an annotation of the pod. Wins over sourceContainerName. */
  readonly sourceContainerNameFrom?: { readonly fieldRef?: { readonly fieldPath?: string } }
  readonly envName?: string
  readonly envNames?: readonly string[]
}

/** An expression for each resource; see api/expression. */
export interface ResourceExpressions {
  readonly cpu?: string
  readonly memory?: string
}

/** Resources that are computed from those of the app's containers when a pod is created. */
export interface ResourcesPolicy {
  readonly targetContainersMode?: TargetMode
  /** A regular expression for names. */
  readonly targetContainersNameRegex?: string
  readonly resourcesExpr?: {
    readonly limits?: ResourceExpressions
    readonly requests?: ResourceExpressions
  }
}

export type SidecarContainer = Wire<V1Container> & {
  /** Defaults to BeforeAppContainer for containers, AfterAppContainer for initContainers. */
  readonly podInjectPolicy?: PodInjectPolicy
  readonly upgradeStrategy?: UpgradeStrategy
  /** Whether the container mounts what the app's containers mount. Defaults to disabled. */
  readonly shareVolumePolicy?: { readonly type?: SharePolicy }
  /** The same for block devices. */
  readonly shareVolumeDevicePolicy?: { readonly type?: SharePolicy }
  readonly transferEnv?: readonly TransferEnv[]
  /** Not together with `resources`. */
  readonly resourcesPolicy?: ResourcesPolicy
}

/** What comes first of a rollout, and how long it is looked at before the next step. */
export interface CanaryStep {
  /**
   * Pods that have the revision in this step, of those that the rollout can reach. Percentages round
   * up. Absent: as many as in the step before.
   */
  readonly replicas?: IntOrPercent
  /** With seconds: so long, from when the pods have the revision. `{}`: until somebody resumes. */
  readonly pause?: { readonly seconds?: number }
  /** Must have passed before the next step; begins as a pause does. */
  readonly analysis?: Analysis
}

export interface Canary {
  /** Accompanies the whole rollout. Its budget is on by default. */
  readonly analysis?: BackgroundAnalysis
  /** Taken in order; then come the other pods. */
  readonly steps?: readonly CanaryStep[]
  /** A pause that waits for people longer than this is reported as too long. Defaults to 86400. */
  readonly maxPauseSeconds?: number
}

/** With OpenKruise's meaning. Weights win over an order. */
export interface PriorityStrategy {
  /** The greater the sum of the weights that match, the sooner a pod is upgraded. */
  readonly weightPriority?: readonly {
    readonly weight: number
    readonly matchSelector: Wire<V1LabelSelector>
  }[]
  /** By the number at the end of a label's value, the greater the sooner. */
  readonly orderPriority?: readonly { readonly orderedKey: string }[]
}

/** Pods with this label are not to be upgraded one after the other. `*`: each value that is there. */
export interface ScatterTerm {
  readonly key: string
  readonly value: string
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
  /** The same within the pods of one workload. */
  readonly maxUnavailablePerWorkload?: IntOrPercent
  readonly priorityStrategy?: PriorityStrategy
  readonly scatterStrategy?: readonly ScatterTerm[]
  readonly canary?: Canary
  /** Back to one of so many former revisions, a rollout takes no steps. Defaults to 3. */
  readonly rollbackWindow?: { readonly revisions?: number }
  /** What to do once failureLimit pods failed. Defaults to Rollback. */
  readonly onFailure?: FailurePolicy
  /** Defaults to 1. */
  readonly failureLimit?: IntOrPercent
  /** Defaults to 600. */
  readonly progressDeadlineSeconds?: number
  /** Defaults to true. */
  readonly prefetchImages?: boolean
}

export type PatchPolicy = 'Retain' | 'Overwrite' | 'MergePatchJson'

/** Annotations that pods get from the set; the installation says which keys may be patched. */
export interface PatchPodMetadata {
  readonly annotations?: Readonly<Record<string, string>>
  /** Defaults to Retain: what the pod has stays. */
  readonly patchPolicy?: PatchPolicy
}

export type InjectRevisionPolicy = 'Always' | 'Partial'

/** Which revision new pods get instead of the latest. A name or a version is needed. */
export interface InjectRevision {
  /** Name of a ControllerRevision. Wins over customVersion. */
  readonly revisionName?: string
  /** The newest revision with this version. */
  readonly customVersion?: string
  /** Partial: only pods that a rollout would not have reached yet. Defaults to Always. */
  readonly policy?: InjectRevisionPolicy
}

export interface InjectionStrategy {
  readonly paused?: boolean
  readonly revision?: InjectRevision
}

/**
 * Its presence says that the traffic of the set's pods can go through the proxy, switched by
 * TrafficInterceptions while they run. It applies to new pods: a pod cannot be prepared later.
 */
export interface SidecarSetInterception {
  /** How new pods start that no TrafficInterception selects. Defaults to false. */
  readonly enabled?: boolean
  /** Where the proxy listens for what comes in, in such pods. Defaults to 15006. */
  readonly inboundPort?: number
  /** Where it listens for what the app sends. Defaults to 15001. */
  readonly outboundPort?: number
}

export interface SidecarSetSpec {
  readonly selector: Wire<V1LabelSelector>
  readonly namespaceSelector?: Wire<V1LabelSelector>
  readonly initContainers?: readonly SidecarContainer[]
  readonly containers?: readonly SidecarContainer[]
  readonly volumes?: readonly Wire<V1Volume>[]
  readonly imagePullSecrets?: readonly Wire<V1LocalObjectReference>[]
  readonly patchPodMetadata?: readonly PatchPodMetadata[]
  readonly updateStrategy?: UpdateStrategy
  readonly injectionStrategy?: InjectionStrategy
  readonly interception?: SidecarSetInterception
  /** Defaults to 10. */
  readonly revisionHistoryLimit?: number
  /** The user's name for this revision: a label of its ControllerRevision. */
  readonly customVersion?: string
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

/** Why the steps of a canary do not count in a rollout. */
export type StepsSkipped = 'Promoted' | 'RollbackWindow'

/** Why a revision counts as failed. It is not tried again until somebody asks for it. */
export interface RevisionFailure {
  readonly reason: string
  readonly message: string
  readonly at: string
}

/** What somebody asked of a rollout last, and what came of it. */
export interface CommandRecord {
  /** Tells the command from the next one. */
  readonly id: string
  readonly verb?: string
  readonly revision?: string
  readonly step?: number
  readonly by?: string
  readonly reason?: string
  readonly at: string
  readonly outcome: 'Accepted' | 'Refused'
  readonly message: string
}

/** How the rollout of one revision stands. Times are RFC 3339. Absent when none goes on. */
export interface RolloutProgress {
  readonly revision: string
  /** The same revision tried again later is another rollout. */
  readonly number: number
  readonly startedAt: string
  /** Step of the canary that goes on, counted from 1. Absent: the steps are behind. */
  readonly step?: number
  readonly stepStartedAt?: string
  /** When the pods of the step first had the revision: its pause counts from here. */
  readonly reachedAt?: string
  /** When somebody ended the pause of the step. */
  readonly resumedAt?: string
  /** When somebody decided to go on although an analysis was not sure. */
  readonly overruledAt?: string
  /** Since when nothing can be done until people decide, a pause is over or pods come. */
  readonly heldSince?: string
  /** When that was over last: the progress deadline counts from here. */
  readonly clockFrom?: string
  readonly skipped?: StepsSkipped
  readonly failure?: RevisionFailure
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
  /** Hash that failed and is not tried again until the template changes or somebody asks for it. */
  readonly failedRevision?: string
  /** Step of the canary that goes on, counted from 1. */
  readonly currentStep?: number
  readonly rollout?: RolloutProgress
  readonly lastCommand?: CommandRecord
  /** Revisions that every pod had before, the newest first. */
  readonly formerRevisions?: readonly string[]
  readonly analysis?: AnalysisStatus
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
