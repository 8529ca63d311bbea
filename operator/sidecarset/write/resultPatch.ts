import { POD_CONDITION } from '../../../api/group.ts'
import type { PodConditionReason } from '../../../api/podConditionReasons.ts'
import type { PodView } from '../rollout/podView.ts'
import { formatResult, parseResults } from '../rollout/recordedResult.ts'
import type { RecordedResult } from '../rollout/recordedResult.ts'
import { parseUpgradeStates } from '../rollout/upgradeState.ts'

const SETTLED: PodConditionReason<typeof POD_CONDITION> = 'Settled'

/**
 * The PATCH of a pod's status that records how an upgrade ended: a strategic merge by condition
 * type, which leaves the kubelet's conditions alone. Results of other sets in the pod stay; only
 * then does the patch name the resourceVersion, since the kubelet writes statuses all the time.
 */
export function resultPatch(
  view: PodView,
  set: string,
  result: RecordedResult,
  now: number,
): object {
  const { pod } = view
  const former = pod.status?.conditions?.find((one) => one.type === POD_CONDITION)
  const states = Object.entries(parseUpgradeStates(pod.metadata.annotations))
  const otherIds = states.filter(([name]) => name !== set).map(([, state]) => state.id)
  const others = parseResults(former?.message).filter((one) => otherIds.includes(one.id))
  const results = [result, ...others]
  const failed = results.find((one) => one.outcome === 'failed')
  const status = failed === undefined ? 'True' : 'False'
  const time = new Date(now).toISOString().replace(/\.\d+Z$/, 'Z')
  const condition = {
    type: POD_CONDITION,
    status,
    reason: failed?.reason ?? SETTLED,
    message: results.map(formatResult).join('\n'),
    lastTransitionTime: former?.status === status ? (former.lastTransitionTime ?? time) : time,
  }
  return {
    ...(otherIds.length === 0
      ? {}
      : { metadata: { resourceVersion: pod.metadata.resourceVersion } }),
    status: { conditions: [condition] },
  }
}
