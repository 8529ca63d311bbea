import { defaultInterception } from '../defaults/trafficInterceptionDefaults.ts'
import type { StoredTrafficInterception } from '../v1beta1/kinds.ts'

/** Reasons of the condition Progressing of a TrafficInterception. */
export const interceptionProgress = {
  completed: 'RolloutCompleted',
  inProgress: 'RolloutInProgress',
  partitionReached: 'PartitionReached',
  paused: 'RolloutPaused',
  failed: 'ToggleFailed',
} as const

/**
 * Whether a new pod starts with interception on. It starts as the object wants it, but while a rollout
 * is held back (paused, partitioned, stopped by a failure) as the app was before that: an app that
 * scales up in the middle of a trial must not spread what is tried.
 */
export function startsEnabled({ metadata, spec, status }: StoredTrafficInterception): boolean {
  const { rollout, enabled } = defaultInterception(spec)
  const isCurrent = status?.observedGeneration === (metadata.generation ?? 0)
  const progress = status?.conditions?.find(({ type }) => type === 'Progressing')?.reason
  if (isCurrent && progress === interceptionProgress.completed) return enabled
  const isPartitioned = Number.parseInt(String(rollout.partition), 10) > 0
  const hasFailed = isCurrent && progress === interceptionProgress.failed
  const isHeld = rollout.paused || isPartitioned || hasFailed
  return isHeld ? status?.currentState === 'Enabled' : enabled
}
