import { INTERCEPTION_CONDITION } from '../../../api/group.ts'
import type { Pod } from '../../../runtime/client/kinds.ts'

type ContainerStatus = NonNullable<NonNullable<Pod['status']>['containerStatuses']>[number]
type Container = NonNullable<Pod['spec']>['containers'][number]

/** Where a container stands in the pod's spec: native sidecars are initContainers. */
export type ContainerList = 'containers' | 'initContainers'

export function findContainer(
  pod: Pod,
  name: string,
): { readonly list: ContainerList; readonly container: Container } | undefined {
  for (const list of ['containers', 'initContainers'] as const) {
    const container = pod.spec?.[list]?.find((one) => one.name === name)
    if (container !== undefined) return { list, container }
  }
  return undefined
}

export function imageOf(pod: Pod, container: string): string | undefined {
  return findContainer(pod, container)?.container.image
}

export function containerStatus(pod: Pod, name: string): ContainerStatus | undefined {
  const { containerStatuses = [], initContainerStatuses = [] } = pod.status ?? {}
  return [...containerStatuses, ...initContainerStatuses].find((one) => one.name === name)
}

/**
 * How often a container has started, by the pod's status. restartCount counts starts after the
 * first one; an image that cannot be pulled starts nothing and counts nothing.
 */
export function bootsOf(pod: Pod, container: string): number {
  const status = containerStatus(pod, container)
  if (status === undefined) return 0
  const started =
    status.restartCount > 0 ||
    status.state?.running !== undefined ||
    status.state?.terminated !== undefined ||
    status.lastState?.terminated !== undefined
  return started ? status.restartCount + 1 : 0
}

export function isReady(pod: Pod): boolean {
  return readyCondition(pod)?.status === 'True'
}

/** Does its app go on without the proxy, which is dead? Such a pod is ready all the same. */
export function isBypassed(pod: Pod): boolean {
  const condition = pod.status?.conditions?.find(({ type }) => type === INTERCEPTION_CONDITION)
  return condition?.reason === 'Bypassed'
}

/** Milliseconds since the epoch at which the pod became ready; 0 when it is not or cannot be told. */
export function readySince(pod: Pod): number {
  const condition = readyCondition(pod)
  if (condition?.status !== 'True') return 0
  return Date.parse(condition.lastTransitionTime ?? '') || 0
}

/** Restarts of all containers of the pod. */
export function restartsOf(pod: Pod): number {
  const { containerStatuses = [], initContainerStatuses = [] } = pod.status ?? {}
  const counts = [...containerStatuses, ...initContainerStatuses].map((one) => one.restartCount)
  return counts.reduce((sum, count) => sum + count, 0)
}

/** Is the pod over, or about to be? Such pods are never touched. */
export function isOver(pod: Pod): boolean {
  const phase = pod.status?.phase
  return pod.metadata.deletionTimestamp !== undefined || phase === 'Succeeded' || phase === 'Failed'
}

function readyCondition(
  pod: Pod,
): { readonly status: string; readonly lastTransitionTime?: string } | undefined {
  return pod.status?.conditions?.find((condition) => condition.type === 'Ready')
}
