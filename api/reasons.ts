/** Reasons of events, conditions, logs and metrics: one word for one thing everywhere. */
export const eventReasons = [
  'Injected',
  'InjectionSkipped',
  'UpgradeStarted',
  'HandedOver',
  'Drained',
  'UpgradeFailed',
  'RolledBack',
  'RolloutPaused',
  'RolloutCompleted',
  'ImagePullFailed',
] as const
export type EventReason = (typeof eventReasons)[number]

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
