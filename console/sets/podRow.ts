import type { AgentStatus } from '../../api/agentStatus.ts'
import { containerRow } from '../../cli/status/podRow.ts'
import { workloadOf } from '../../cli/status/tree.ts'
import type { PodView } from '../../operator/sidecarset/rollout/podView.ts'
import { viewPod } from '../../operator/sidecarset/rollout/podView.ts'
import type { Pod } from '../../runtime/client/kinds.ts'
import type { PodRow } from '../wire.ts'

/** A pod as the page shows it; undefined when the set is not in it. @param agent if it was asked */
export function podRow(pod: Pod, set: string, agent: AgentStatus | undefined): PodRow | undefined {
  const view = viewPod(pod, set)
  if (view === undefined) return undefined
  const { key, ready, result, entry } = view
  return {
    key,
    workload: workloadOf(pod),
    node: pod.spec?.nodeName ?? '',
    ready,
    revision: entry.hash,
    stage: stageOf(view),
    ...(result === undefined
      ? {}
      : {
          result: result.reason === '' ? result.sentence : `${result.reason}: ${result.sentence}`,
        }),
    containers: entry.sidecarList.map((name) => containerRow(view, name, agent)),
  }
}

function stageOf({ stage, result, state }: PodView): PodRow['stage'] {
  if (stage === 'inFlight') return 'Upgrading'
  if (stage === 'toRevert') return 'Failed'
  return result?.outcome === 'failed' && state?.reverted === true ? 'Failed' : 'Resting'
}
