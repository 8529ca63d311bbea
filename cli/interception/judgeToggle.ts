import { interceptionProgress } from '../../api/interception/newPods.ts'
import type { StoredTrafficInterception } from '../../api/v1beta1/kinds.ts'
import type { End } from '../status/judgeWait.ts'

/** Has the toggle of an app ended, and how? Undefined: not yet. */
export function judgeToggle(
  object: StoredTrafficInterception | undefined,
  wanted: boolean,
): End | undefined {
  if (object === undefined) {
    return { exit: 'error', reason: 'Deleted', sentence: 'the TrafficInterception was deleted' }
  }
  const { metadata, spec, status = {} } = object
  if (spec.enabled !== wanted) {
    const sentence = `somebody has switched it ${spec.enabled ? 'on' : 'off'} meanwhile`
    return { exit: 'superseded', reason: 'Superseded', sentence }
  }
  if ((status.observedGeneration ?? 0) < (metadata.generation ?? 0)) return undefined
  const progressing = status.conditions?.find(({ type }) => type === 'Progressing')
  const sentence = progressing?.message ?? ''
  switch (progressing?.reason) {
    case interceptionProgress.completed:
      return { exit: 'complete', reason: 'Complete', sentence }
    case interceptionProgress.failed:
      return { exit: 'failed', reason: 'Failed', sentence }
    case interceptionProgress.paused:
      return { exit: 'paused', reason: 'Paused', sentence }
    case interceptionProgress.partitionReached:
      return { exit: 'paused', reason: 'Partitioned', sentence }
    case undefined:
    default:
      return undefined
  }
}
