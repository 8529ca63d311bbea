import type { DefaultedContainer } from '../../api/defaults/defaultedSpec.ts'
import { slotNames } from '../../api/group.ts'
import { agentConfig, agentContainer, initContainer } from './agentContainers.ts'
import { injectedEnv } from './environment.ts'
import { iptablesContainer } from './interception.ts'
import type { HotContainer, SidecarPlan } from './injectableSet.ts'
import { hasSlots, isHandedOver } from './injectableSet.ts'
import type { Container, Pod } from './podTypes.ts'
import { podContainers } from './podTypes.ts'
import type { PrivatePorts } from './privatePorts.ts'
import { assignPrivatePorts, portsInUse } from './privatePorts.ts'
import { coreContainer, launcherSlots, selfMigratingSlots } from './slots.ts'

/** A container to add, and at which end of which list of the pod. */
export interface PlacedContainer {
  readonly list: 'initContainers' | 'containers'
  readonly end: 'first' | 'last'
  readonly container: Container
}

const DEFAULT_GRACE_SECONDS = 30

/** All containers to add to a pod; those of one list and end are in their order there. */
export function placeContainers(
  pod: Pod,
  plans: readonly SidecarPlan[],
  agentImage: string,
  intercepts: boolean,
): readonly PlacedContainer[] {
  const hot = plans.flatMap(({ container }) => (isHandedOver(container) ? [container] : []))
  const native = needsNativeSlots(pod, plans)
  const others = [...podContainers(pod), ...plans.map(({ container }) => container)]
  const privatePorts = assignPrivatePorts(hot, portsInUse(others))
  const graceSeconds = pod.spec?.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS
  const sidecars = plans.flatMap((plan) => place(plan, native, privatePorts, graceSeconds))
  if (hot.length === 0) return sidecars
  const config = agentConfig(hot, privatePorts, intercepts)
  const all: readonly PlacedContainer[] = [
    { list: 'initContainers', end: 'first', container: initContainer(agentImage) },
    ...withAgent(sidecars, hot, agentContainer(agentImage, config, hot, native)),
  ]
  return intercepts ? withIptables(all, hot, native, iptablesContainer(agentImage)) : all
}

/**
 * As late as it may come: init containers of the app that run before the proxies do could reach
 * nobody once everything is sent to these.
 */
function withIptables(
  all: readonly PlacedContainer[],
  hot: readonly HotContainer[],
  native: boolean,
  container: Container,
): readonly PlacedContainer[] {
  const slots = new Set(hot.flatMap(({ name }) => slotNames(name)))
  const index = all.findIndex((placed) => slots.has(placed.container.name))
  const slot = all[index]
  if (!native || slot === undefined)
    return [...all, { list: 'initContainers', end: 'last', container }]
  return all.toSpliced(index, 0, { ...slot, container })
}

/**
 * Slots are native sidecars where the set declares one in initContainers, and in pods that end:
 * there the kubelet restarts no other kind. Never both kinds in one pod: the app would wait for the
 * agent, and the agent for slots that start with the app.
 */
function needsNativeSlots(pod: Pod, plans: readonly SidecarPlan[]): boolean {
  const restartPolicy = pod.spec?.restartPolicy ?? 'Always'
  const declared = plans.some(
    ({ list, container }) => list === 'initContainers' && hasSlots(container),
  )
  return restartPolicy !== 'Always' || declared
}

function place(
  { list, container }: SidecarPlan,
  native: boolean,
  privatePorts: ReadonlyMap<string, PrivatePorts>,
  graceSeconds: number,
): readonly PlacedContainer[] {
  const end = container.podInjectPolicy === 'BeforeAppContainer' ? 'first' : 'last'
  if (!hasSlots(container)) return [{ list, end, container: asItIs(container) }]
  const ports = privatePorts.get(container.name) ?? []
  const slots = isHandedOver(container)
    ? launcherSlots(container, ports, graceSeconds)
    : selfMigratingSlots(container)
  return slots.map((slot) =>
    native
      ? { list: 'initContainers', end, container: { ...slot, restartPolicy: 'Always' } }
      : { list, end, container: slot },
  )
}

function asItIs(sidecar: DefaultedContainer): Container {
  const container = coreContainer(sidecar)
  return { ...container, env: injectedEnv(container) }
}

/** The agent comes after the last slot it starts, so that a native one finds all of them there. */
function withAgent(
  sidecars: readonly PlacedContainer[],
  hot: readonly HotContainer[],
  agent: Container,
): readonly PlacedContainer[] {
  const slots = new Set(hot.flatMap(({ name }) => slotNames(name)))
  const lastSlot = (end: PlacedContainer['end']) =>
    sidecars.findLastIndex((placed) => placed.end === end && slots.has(placed.container.name))
  const index = [lastSlot('last'), lastSlot('first')].find((found) => found >= 0) ?? -1
  const neighbour = sidecars[index]
  if (neighbour === undefined) return sidecars
  return sidecars.toSpliced(index + 1, 0, { ...neighbour, container: agent })
}
