/** Why a set that selects a pod is not injected into it: one word for log, event and metric. */
export const skipReasons = [
  'PodOptedOut',
  'NamespaceOptedOut',
  'SystemNamespace',
  'MirrorPod',
  'WindowsPod',
  'PodLevelResources',
  'InjectionPaused',
  'AlreadyInjected',
  'HostNetwork',
  'ContainerNameClash',
  'VolumeNameClash',
  'AgentPortInUse',
  'HostPortClash',
  'ResourcesNotComputable',
  'PreStopTooLong',
  'ResourceClaimMissing',
] as const
export type SkipReason = (typeof skipReasons)[number]

export interface Skip {
  readonly reason: SkipReason
  /** One sentence for people: what was seen and what to do. */
  readonly sentence: string
}
