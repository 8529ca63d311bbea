import type { CutReason, FailoverReason } from '../../api/reasons.ts'
import type { IdleReason } from '../../operator/sidecarset/rollout/decision.ts'
import type { SkipReason } from '../../webhook/inject/skipReasons.ts'

export const skipMeanings: Readonly<Record<SkipReason, string>> = {
  PodOptedOut: 'The pod has `baton.dev/inject: "false"` as label or annotation.',
  NamespaceOptedOut: 'Its namespace has.',
  SystemNamespace: 'Pods of `kube-system`, `kube-public` and Baton’s own namespace are left alone.',
  MirrorPod: 'It stands for a static pod of a kubelet, and cannot be changed.',
  WindowsPod: 'Launcher and agent are programs for Linux.',
  PodLevelResources: 'It has resources as a whole (`spec.resources`), which sidecars could exceed.',
  InjectionPaused: '`injectionStrategy.paused` of the set is true.',
  AlreadyInjected: 'It has the containers of the set.',
  HostNetwork:
    'It is in the node’s network, where ports of the agent and of two proxies would be shared.',
  ContainerNameClash: 'A container of that name is there already.',
  VolumeNameClash: 'A volume of that name is there already, with something else in it.',
  AgentPortInUse: 'Another container declares port 15020, the agent’s.',
  HostPortClash: 'The sidecar needs a port of the node that another container of the pod has.',
  ResourcesNotComputable: '`resourcesPolicy` cannot be computed for this pod.',
  PreStopTooLong: 'The sidecar sleeps longer before it ends than the pod’s grace period.',
  ResourceClaimMissing: 'The pod has no resource claim that the sidecar names.',
}

export const cutMeanings: Readonly<Record<CutReason, string>> = {
  MaxSeconds: '`drain.maxSeconds` was over.',
  Stopped: 'Its drain was over by all counts when it was stopped, yet it had one.',
  ProxyExited: 'The process ended by itself.',
  ProxyKilled:
    'A signal ended it that nobody here has sent: a crash, the kernel for want of memory.',
  SlotGone: 'The container died with its process.',
  MadeRoom: 'The slot was needed at once, for nobody else could serve.',
  Retired: 'A process that was given up did not let go in time.',
  SlotTerminating: 'The kubelet ended the container.',
  LivenessFailed: 'The process had failed its liveness probe.',
  PodDeleted: 'The pod was deleted.',
}

export const failoverMeanings: Readonly<Record<FailoverReason, string>> = {
  SlotGone: 'The container of the slot that served is gone.',
  SlotTerminating: 'It is being restarted.',
  ProxyExited: 'Its proxy keeps exiting.',
  LivenessFailed: 'Its proxy lives, and fails its liveness probe.',
}

export const idleMeanings: Readonly<Record<IdleReason, string>> = {
  UpToDate: 'It has the revision.',
  InFlight: 'Its upgrade goes on.',
  FailedBefore:
    'This revision has failed in it; not tried again until the template changes or `retry`.',
  NotUpgradableInPlace: 'More than images has changed: recreate it.',
  NotUpdate: '`updateStrategy.type` is NotUpdate.',
  Paused: '`updateStrategy.paused` is true.',
  RolloutStopped: 'Too many pods failed.',
  NotSelected: '`updateStrategy.selector` does not take it.',
  KeptByPartition: '`updateStrategy.partition` keeps it.',
  CanaryStep: 'It is not its turn in this step.',
  Analysis: 'An analysis is not sure, or away.',
  ImagePulling: 'The new image is being pulled on its node.',
  ImagePullFailed: 'It cannot be pulled.',
  StillDraining: 'An earlier version still drains in it.',
  Resizing: 'Its slot is being given its full size.',
  MaxUnavailable: '`updateStrategy.maxUnavailable` is reached.',
  MaxUnavailablePerWorkload: 'That of its workload is.',
  WriteFailed: 'The last write on it was refused; it is tried again.',
}
