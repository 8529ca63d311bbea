/** Why a handover was given up, as the agent reports it. */
export const abortReasons = [
  'ProxyExited',
  'StartDeadlineExceeded',
  'ListenersMissing',
  'HealthCheckFailed',
  'SlotNotRestarted',
  'Superseded',
] as const
export type AbortReason = (typeof abortReasons)[number]

/** Why another slot stepped in for the one that served. */
export const failoverReasons = [
  'SlotGone',
  'SlotTerminating',
  'ProxyExited',
  'LivenessFailed',
] as const
export type FailoverReason = (typeof failoverReasons)[number]

/** Why connections of clients were cut. */
export const cutReasons = [
  /** `drain.maxSeconds` was over. */
  'MaxSeconds',
  /** Its drain was over by all counts when it was stopped, yet it had one. */
  'Stopped',
  /** The process ended by itself. */
  'ProxyExited',
  /** A signal ended the process that nobody here has sent: a crash, the kernel for want of memory. */
  'ProxyKilled',
  /** The container died with its process. */
  'SlotGone',
  /** The slot was needed at once, for nobody else could serve. */
  'MadeRoom',
  /** A process that was given up did not let go in time. */
  'Retired',
  /** The kubelet ended the container. */
  'SlotTerminating',
  /** The process had failed its liveness probe. */
  'LivenessFailed',
  'PodDeleted',
] as const
export type CutReason = (typeof cutReasons)[number]

/** Why the upgrade of a pod was given up. */
export const upgradeFailureReasons = [
  ...abortReasons,
  'Aborted',
  'AgentUnreachable',
  'HandoverDeadlineExceeded',
  'ColdUpgradeDeadlineExceeded',
  'MigrationFailed',
  'MigrationDeadlineExceeded',
  'ResetFailed',
  'ResetDeadlineExceeded',
  'RevisionGone',
] as const
export type UpgradeFailureReason = (typeof upgradeFailureReasons)[number]

/** Why an agent gives a toggle of interception up. */
export const agentToggleFailureReasons = [
  'HookFailed',
  'ProxyNotServing',
  'RulesNotWritten',
  'ProbeNotSeen',
] as const

/** Why a toggle has failed: as its agent says, or because it says nothing. */
export type ToggleFailureReason =
  (typeof agentToggleFailureReasons)[number] | 'AgentSilent' | 'ToggleOverdue'
