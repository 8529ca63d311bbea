import { createShareEqual } from '../../runtime/cache/shareEqual.ts'
import type { Pod } from '../../runtime/client/kinds.ts'

const FOUND_BY = ['name', 'namespace', 'uid', 'resourceVersion', 'labels'] as const
const TIMES = ['creationTimestamp', 'deletionTimestamp', 'generation'] as const
const METADATA = [...FOUND_BY, ...TIMES, 'annotations', 'ownerReferences'] as const
const SPEC = ['nodeName', 'restartPolicy', 'priority', 'priorityClassName'] as const
const CONTAINER = ['name', 'image', 'resources', 'restartPolicy', 'securityContext'] as const
const STATUS = ['phase', 'reason', 'message', 'podIP', 'conditions', 'observedGeneration'] as const
const CONTAINER_STATUS = [
  ...(['name', 'image', 'imageID', 'containerID', 'ready', 'started', 'restartCount'] as const),
  ...(['state', 'lastState', 'resources'] as const),
] as const

/**
 * What is kept in memory of a pod: a cluster has tens of thousands, and most of each (volumes, mounts,
 * environment, probes) is never looked at. Of pods without a set only what finds them is kept, and whether they are over.
 * @param isOurs has the pod something of Baton in it?
 */
export function keptPod(pod: Pod, isOurs: boolean): Pod {
  const { metadata, spec, status } = pod
  const kind = picked(pod, ['apiVersion', 'kind'])
  if (!isOurs) {
    return {
      ...kind,
      metadata: picked(metadata, [...FOUND_BY, ...TIMES]),
      ...(spec === undefined ? {} : { spec: { ...picked(spec, ['nodeName']), containers: [] } }),
      ...(status === undefined ? {} : { status: picked(status, ['phase']) }),
    }
  }
  return {
    ...kind,
    metadata: picked(metadata, METADATA),
    ...(spec === undefined ? {} : { spec: keptSpec(spec) }),
    ...(status === undefined ? {} : { status: keptStatus(status) }),
  }
}

function keptSpec(spec: NonNullable<Pod['spec']>): NonNullable<Pod['spec']> {
  const { containers, initContainers } = spec
  return {
    ...picked(spec, SPEC),
    containers: containers.map(keptContainer),
    ...(initContainers === undefined ? {} : { initContainers: initContainers.map(keptContainer) }),
  }
}

/** Of pods of one template and one revision they are equal. */
const shareContainer = createShareEqual(1_000)

type Container = NonNullable<Pod['spec']>['containers'][number]

function keptContainer(container: Container): Container {
  return shareContainer(picked(container, CONTAINER))
}

/** Pods that were made or changed in the same second have many of them in common. */
const sharePart = createShareEqual(5_000)

/** The same, its objects shared with equal ones. */
function sharedParts<T extends object>(value: T): T {
  const parts = Object.entries(value).map(([key, part]: [string, unknown]) =>
    typeof part === 'object' && part !== null ? [key, sharePart(part)] : [key, part],
  )
  // The keys and types are those of the value.
  return Object.fromEntries(parts) as T
}

function keptStatus(status: NonNullable<Pod['status']>): NonNullable<Pod['status']> {
  const { containerStatuses, initContainerStatuses, conditions } = status
  const kept = (list: NonNullable<typeof containerStatuses>) =>
    list.map((one) => sharedParts(picked(one, CONTAINER_STATUS)))
  return {
    ...picked(status, STATUS),
    ...(conditions === undefined ? {} : { conditions: conditions.map(sharePart) }),
    ...(containerStatuses === undefined ? {} : { containerStatuses: kept(containerStatuses) }),
    ...(initContainerStatuses === undefined
      ? {}
      : { initContainerStatuses: kept(initContainerStatuses) }),
  }
}

/** Fields that are there; one that is not takes as much memory as one that is. */
function picked<T extends object, K extends keyof T>(from: T, keys: readonly K[]): Pick<T, K> {
  const result: Partial<Pick<T, K>> = {}
  for (const key of keys) if (from[key] !== undefined) result[key] = from[key]
  // Each key that T demands was in `from`.
  return result as Pick<T, K>
}
