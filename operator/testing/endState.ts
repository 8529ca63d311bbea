import { annotations } from '../../api/group.ts'
import { PODS } from '../../runtime/client/kinds.ts'
import type { Pod } from '../../runtime/client/kinds.ts'
import { PREFETCH_LABEL } from '../sidecarset/prefetch/prefetchPod.ts'
import { viewPod } from '../sidecarset/rollout/podView.ts'
import type { World } from './world.ts'

/**
 * Everything that an operator leaves behind when it has nothing to do any more, but for times, ids of
 * attempts, and which of several equal pods it was.
 */
export function endState(world: World): object {
  const pods = world.server.list(PODS)
  const own = pods.filter((pod) => pod.metadata.labels?.[PREFETCH_LABEL] === undefined)
  const { status = {}, metadata } = world.set()
  const { conditions = [], matchedPods, updatedPods, upgradingPods, failedPods } = status
  const { currentRevision, latestRevision, failedRevision } = status
  return {
    pods: own.map((pod) => JSON.stringify(stateOf(pod))).sort(),
    switches: [...countByPod(world.node.switches)].map(([, count]) => count).sort(),
    prefetchPods: pods.length - own.length,
    set: {
      ...{ matchedPods, updatedPods, upgradingPods, failedPods },
      ...{ currentRevision, latestRevision, failedRevision },
      conditions: conditions.map(({ type, status: is, reason }) => `${type} ${is} ${reason}`),
      finalizers: metadata.finalizers ?? [],
    },
  }
}

function stateOf(pod: Pod): object {
  const view = viewPod(pod, 'mesh')
  const order = view?.desired?.containers['proxy']
  return {
    revision: view?.entry.hash,
    stage: view?.stage,
    result: view?.result?.outcome,
    reason: view?.result?.reason,
    reverted: view?.state?.reverted,
    working: pod.metadata.annotations?.[annotations.workingHotUpgradeContainer],
    order: [order?.active, order?.image, order?.revision],
    images: pod.spec?.containers.map(({ name, image }) => `${name} ${image ?? ''}`),
    starts: pod.status?.containerStatuses?.map(({ name, restartCount }) => [name, restartCount]),
  }
}

function countByPod(switches: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const one of switches) {
    const pod = one.slice(0, one.indexOf(':'))
    counts.set(pod, (counts.get(pod) ?? 0) + 1)
  }
  return counts
}
