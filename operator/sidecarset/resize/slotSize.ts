import { slotNames } from '../../../api/group.ts'
import { activeSlotResources, standbySlotResources } from '../../../api/slotResources.ts'
import { perObject } from '../../../api/perObject.ts'
import { parseQuantity } from '../../../api/validation/quantity.ts'
import type { SidecarContainer } from '../../../api/v1beta1/sidecarset.ts'
import type { Pod } from '../../../runtime/client/kinds.ts'
import { containerStatus, findContainer } from '../rollout/podStatus.ts'
import { formatBytes, MEBIBYTE } from '../write/memory.ts'

/** What a slot requests: cores and bytes. Its limits are the same in both roles. */
export interface SlotSize {
  readonly cpu: number
  readonly memory: number
}

type Requests = Readonly<Record<string, string>> | undefined

/** The kubelet tells of CPU what the shares of the cgroup come to, a thousandth more or less. */
const CPU_TOLERANCE = 0.002

/**
 * Requests of a container's slots in this pod, the one that serves and the idle one. Where the set
 * has them computed for each pod, the pod alone knows them: one of its slots always has them.
 */
export function sizesOf(
  pod: Pod,
  container: SidecarContainer,
): { readonly full: SlotSize; readonly standby: SlotSize } {
  if (container.resourcesPolicy !== undefined) {
    return rolesOf({ requests: requestsOf(largerSize(pod, container.name)) })
  }
  return declaredSizes(container)
}

/** What the set says is the same for all of its pods. */
const declaredSizes = perObject(({ resources }: SidecarContainer) => rolesOf(resources))

function rolesOf(resources: SidecarContainer['resources']): {
  readonly full: SlotSize
  readonly standby: SlotSize
} {
  const size = (requests: Requests): SlotSize => parseSize(requests) ?? { cpu: 0, memory: 0 }
  return {
    full: size(activeSlotResources(resources).requests),
    standby: size(standbySlotResources(resources).requests),
  }
}

function largerSize(pod: Pod, container: string): SlotSize {
  const sizes = slotNames(container).flatMap((slot) => requestedSize(pod, slot) ?? [])
  return {
    cpu: Math.max(0, ...sizes.map(({ cpu }) => cpu)),
    memory: Math.max(0, ...sizes.map(({ memory }) => memory)),
  }
}

function requestsOf({ cpu, memory }: SlotSize): Record<'cpu' | 'memory', string> {
  return { cpu: `${Math.round(cpu * 1000)}m`, memory: formatBytes(memory) }
}

/** What the pod's spec asks for; undefined for a slot without requests, which cannot be resized. */
export function requestedSize(pod: Pod, slot: string): SlotSize | undefined {
  return parseSize(findContainer(pod, slot)?.container.resources?.requests)
}

/**
 * Has the kubelet carried out what the spec asks for? A kubelet that tells nothing of resources
 * knows no resize: then there is nothing to wait for.
 */
export function isApplied(pod: Pod, slot: string): boolean {
  const wanted = requestedSize(pod, slot)
  const granted = parseSize(containerStatus(pod, slot)?.resources?.requests)
  if (wanted === undefined || granted === undefined) return true
  return (
    granted.memory === wanted.memory && Math.abs(granted.cpu - wanted.cpu) <= cpuSlack(wanted.cpu)
  )
}

export function isAtLeast(size: SlotSize, wanted: SlotSize): boolean {
  return size.memory >= wanted.memory && size.cpu >= wanted.cpu - cpuSlack(wanted.cpu)
}

export function formatSize({ cpu, memory }: SlotSize): string {
  return `${Math.round(cpu * 1000)}m/${formatBytes(memory)}`
}

/**
 * The PATCH of the subresource `resize`. Limits stay, but never below the request; they are never
 * lowered, which Kubernetes 1.33 refuses. The QoS class of a pod with an agent is Burstable whatever
 * its slots ask for.
 */
export function resizePatch(pod: Pod, sizes: Readonly<Record<string, SlotSize>>): object {
  const lists: Record<string, object[]> = {}
  for (const [name, size] of Object.entries(sizes)) {
    const found = findContainer(pod, name)
    if (found === undefined) continue
    const limit = parseQuantity(found.container.resources?.limits?.['memory'])
    const raised = limit !== undefined && limit < size.memory
    const resources = {
      requests: requestsOf(size),
      ...(raised ? { limits: { memory: formatBytes(size.memory) } } : {}),
    }
    ;(lists[found.list] ??= []).push({ name, resources })
  }
  return { spec: lists }
}

/** What ends or avoids a back-off: other resources are another key. */
export function mebibyteMore({ cpu, memory }: SlotSize): SlotSize {
  return { cpu, memory: memory + MEBIBYTE }
}

/** Every look asks for the sizes of all pods, whose objects are never changed, only exchanged. */
const sizeOf = perObject((requests: NonNullable<Requests>): SlotSize | undefined => {
  const cpu = parseQuantity(requests['cpu'])
  const memory = parseQuantity(requests['memory'])
  return cpu === undefined || memory === undefined ? undefined : { cpu, memory }
})

function parseSize(requests: Requests): SlotSize | undefined {
  return requests === undefined ? undefined : sizeOf(requests)
}

function cpuSlack(cpu: number): number {
  return Math.max(CPU_TOLERANCE, cpu / 100)
}
