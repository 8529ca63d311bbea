import type { Pod } from '../../../../runtime/client/kinds.ts'

export type ContainerStatus = NonNullable<NonNullable<Pod['status']>['containerStatuses']>[number]
type Container = NonNullable<Pod['spec']>['containers'][number]

/** What a kubelet says of a container that it started, `restarts` times after the first. */
export function startedStatus(
  { metadata }: Pod,
  { name, image = '', resources }: Container,
  restarts: number,
  now: number,
): ContainerStatus {
  return {
    name,
    image,
    imageID: `sha256:${image}`,
    containerID: `containerd://${metadata.name}-${name}-${restarts}`,
    ready: true,
    started: true,
    restartCount: restarts,
    ...(resources === undefined ? {} : { resources, allocatedResources: resources.requests ?? {} }),
    state: { running: { startedAt: wholeSeconds(now) } },
  }
}

/** The status of a running, ready pod with these containers. */
export function runningStatus(
  ip: string,
  containerStatuses: readonly ContainerStatus[],
  startedAt: number,
): object {
  const time = wholeSeconds(startedAt)
  const conditions = ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'].map((type) => ({
    type,
    status: 'True',
    lastTransitionTime: time,
  }))
  return {
    phase: 'Running',
    podIP: ip,
    podIPs: [{ ip }],
    hostIP: '127.0.0.1',
    startTime: time,
    conditions,
    containerStatuses,
  }
}

/** The status of a prefetch pod whose image was pulled and whose program has ended. */
export function pulledStatus({ spec }: Pod, now: number): object {
  const time = wholeSeconds(now)
  const containerStatuses = (spec?.containers ?? []).map(({ name, image = '' }) => ({
    name,
    image,
    imageID: `sha256:${image}`,
    ready: false,
    restartCount: 0,
    state: { terminated: { exitCode: 0, reason: 'Completed', startedAt: time, finishedAt: time } },
  }))
  return { phase: 'Succeeded', containerStatuses }
}

function wholeSeconds(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z')
}
