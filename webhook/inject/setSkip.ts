import {
  AGENT_CONTAINER,
  AGENT_PORT,
  annotations,
  INIT_CONTAINER,
  slotNames,
  VOLUMES,
} from '../../api/group.ts'
import { IPTABLES_CONTAINER } from '../../api/interception/desired.ts'
import { podRevisions } from '../../api/podRecord.ts'
import { resourcesProblem } from './fromApp/completeFromApp.ts'
import type { InjectableSet, SidecarPlan } from './injectableSet.ts'
import { hasSlots, isHandedOver, sidecarPlans } from './injectableSet.ts'
import type { Pod } from './podTypes.ts'
import { podContainers } from './podTypes.ts'
import { hostPortSkip } from './hostPortSkip.ts'
import { podLackSkip } from './podLackSkip.ts'
import type { Skip } from './skipReasons.ts'

const OUR_VOLUMES: readonly string[] = Object.values(VOLUMES)

/**
 * Why one set is not injected into a pod; undefined when it is.
 * @param taken name of a container -> set that brings it, for the sets accepted so far
 * @param accepted the sets accepted so far
 */
export function setSkip(
  pod: Pod,
  candidate: InjectableSet,
  taken: ReadonlyMap<string, string>,
  accepted: readonly InjectableSet[],
): Skip | undefined {
  const plans = sidecarPlans(candidate)
  const intercepts = candidate.set.spec.interception !== undefined
  return (
    pausedSkip(candidate) ??
    alreadyInjectedSkip(pod, candidate, plans) ??
    nameSkip(pod, plans, taken, intercepts) ??
    resourcesSkip(pod, plans) ??
    podLackSkip(pod, plans) ??
    hostPortSkip(pod, plans, accepted.flatMap(sidecarPlans)) ??
    (plans.some(({ container }) => isHandedOver(container)) ? handoverSkip(pod) : undefined)
  )
}

/** Names that the containers of a set have in the pod, without those that all sets share. */
export function namesInPod(plans: readonly SidecarPlan[]): readonly string[] {
  return plans.flatMap(({ container }) =>
    hasSlots(container) ? slotNames(container.name) : [container.name],
  )
}

function pausedSkip({ set }: InjectableSet): Skip | undefined {
  if (set.spec.injectionStrategy?.paused !== true) return undefined
  const sentence = `The injection of ${set.metadata.name ?? ''} is paused; set spec.injectionStrategy.paused to false to go on.`
  return { reason: 'InjectionPaused', sentence }
}

/**
 * The annotation alone proves nothing: people paste it into templates. So the containers must be
 * there too.
 */
function alreadyInjectedSkip(
  pod: Pod,
  { set }: InjectableSet,
  plans: readonly SidecarPlan[],
): Skip | undefined {
  const recorded = podRevisions(pod.metadata?.annotations, annotations.hash)
  if (recorded[set.metadata.name ?? ''] === undefined) return undefined
  const present = new Set(podContainers(pod).map(({ name }) => name))
  if (!namesInPod(plans).every((name) => present.has(name))) return undefined
  return { reason: 'AlreadyInjected', sentence: 'The pod has the containers of this set already.' }
}

function nameSkip(
  pod: Pod,
  plans: readonly SidecarPlan[],
  taken: ReadonlyMap<string, string>,
  intercepts: boolean,
): Skip | undefined {
  const inPod = new Set(podContainers(pod).map(({ name }) => name))
  const needsAgent = plans.some(({ container }) => isHandedOver(container))
  const iptables = intercepts ? [IPTABLES_CONTAINER] : []
  const ours = needsAgent ? [AGENT_CONTAINER, INIT_CONTAINER, ...iptables] : []
  for (const name of [...namesInPod(plans), ...ours]) {
    const owner = inPod.has(name) ? 'the pod itself' : taken.get(name)
    if (owner === undefined) continue
    const sentence = `A container named ${name} comes from ${owner} already; rename one of them.`
    return { reason: 'ContainerNameClash', sentence }
  }
  return undefined
}

function resourcesSkip(pod: Pod, plans: readonly SidecarPlan[]): Skip | undefined {
  for (const { container } of plans) {
    const problem = resourcesProblem(container, pod)
    if (problem === undefined) continue
    const sentence = `Container ${container.name} cannot be injected: ${problem}; change its resourcesPolicy or the pod.`
    return { reason: 'ResourcesNotComputable', sentence }
  }
  return undefined
}

function handoverSkip(pod: Pod): Skip | undefined {
  if (pod.spec?.hostNetwork === true) {
    const sentence =
      'The pod is in the network of its node (hostNetwork), where ports of the agent and of two proxies would be shared with other pods; use a pod network or a ColdUpgrade.'
    return { reason: 'HostNetwork', sentence }
  }
  const volume = (pod.spec?.volumes ?? []).find(({ name }) => OUR_VOLUMES.includes(name))
  if (volume !== undefined) {
    const sentence = `The pod has a volume named ${volume.name}, as Baton does; rename it.`
    return { reason: 'VolumeNameClash', sentence }
  }
  const port = podContainers(pod)
    .flatMap(({ ports }) => ports ?? [])
    .find(({ containerPort, protocol }) => containerPort === AGENT_PORT && protocol !== 'UDP')
  if (port === undefined) return undefined
  const sentence = `The pod uses port ${AGENT_PORT}, where the agent of Baton is asked for readiness; use another port.`
  return { reason: 'AgentPortInUse', sentence }
}
