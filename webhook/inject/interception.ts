import type { Interception } from '../../api/interception/desired.ts'
import {
  DEFAULT_PROXY_PORTS,
  formatInterception,
  IPTABLES_CONTAINER,
  withId,
} from '../../api/interception/desired.ts'
import { AGENT_CONTAINER, annotations } from '../../api/group.ts'
import type { SidecarSetInterception } from '../../api/v1beta1/sidecarset.ts'
import { AGENT_PROGRAM } from './agentContainers.ts'
import type { HotContainer, InjectableSet } from './injectableSet.ts'
import { isHandedOver, sidecarPlans } from './injectableSet.ts'
import type { Container, Pod } from './podTypes.ts'
import { CHANGES_RULES, slotUser } from './securityContext.ts'

/** The set that says how the traffic of a pod can be intercepted: the first by name. */
export function interceptingSet(sets: readonly InjectableSet[]): InjectableSet | undefined {
  return sets.find(({ set }) => set.spec.interception !== undefined)
}

/**
 * What a TrafficInterception wants of a pod that is being created, with the containers that it gets;
 * undefined when none selects it.
 */
export type WantedInterception = (pod: Pod) => Interception | undefined

/** The annotation that baton-iptables and the agent obey first; nothing where no set intercepts. */
export function interceptionAnnotation(
  injected: Pod,
  sets: readonly InjectableSet[],
  wanted: WantedInterception,
): Readonly<Record<string, string>> {
  const interception = interceptingSet(sets)?.set.spec.interception
  if (interception === undefined) return {}
  const order = wanted(injected) ?? orderOfSet(interception, hotContainers(sets))
  return { [annotations.interception]: formatInterception(order) }
}

function hotContainers(sets: readonly InjectableSet[]): readonly HotContainer[] {
  return sets
    .flatMap(sidecarPlans)
    .flatMap(({ container }) => (isHandedOver(container) ? [container] : []))
}

function orderOfSet(
  { enabled = false, inboundPort, outboundPort }: SidecarSetInterception,
  hot: readonly HotContainer[],
): Interception {
  const all = { ports: '*', excludePorts: [], includeCIDRs: [], excludeCIDRs: [] } as const
  const users = new Set(hot.map(({ securityContext }) => slotUser(securityContext)))
  return withId({
    v: 1,
    enabled,
    inbound: { ...all, proxyPort: inboundPort ?? DEFAULT_PROXY_PORTS.inbound },
    outbound: { ...all, proxyPort: outboundPort ?? DEFAULT_PROXY_PORTS.outbound },
    excludeUIDs: [...users].sort((left, right) => left - right),
    excludeGIDs: [],
    mode: 'Redirect',
    hooks: {},
    drain: { timerSeconds: 15 },
    onProxyFailure: 'Bypass',
    from: '',
  })
}

/** Prepares the pod's network, and intercepts at once where the annotation says so. */
export function iptablesContainer(agentImage: string): Container {
  const fieldPath = `metadata.annotations['${annotations.interception}']`
  return {
    name: IPTABLES_CONTAINER,
    image: agentImage,
    imagePullPolicy: 'IfNotPresent',
    command: [...AGENT_PROGRAM, 'iptables'],
    env: [{ name: 'BATON_INTERCEPTION', valueFrom: { fieldRef: { fieldPath } } }],
    resources: {
      requests: { cpu: '10m', memory: '48Mi' },
      limits: { cpu: '500m', memory: '192Mi' },
    },
    securityContext: CHANGES_RULES,
  }
}

/** An app that runs as the proxy's user is left alone like the proxy itself: nobody would notice. */
export function sharedUserWarnings(pod: Pod, sets: readonly InjectableSet[]): readonly string[] {
  if (interceptingSet(sets) === undefined) return []
  const users = new Set(hotContainers(sets).map(({ securityContext }) => slotUser(securityContext)))
  const podUser = pod.spec?.securityContext?.runAsUser
  return (pod.spec?.containers ?? [])
    .filter(({ name }) => name !== AGENT_CONTAINER)
    .flatMap(({ name, securityContext }) => {
      const user = securityContext?.runAsUser ?? podUser
      if (user === undefined || !users.has(user)) return []
      return [
        `Container ${name} runs as user ${user}, as the proxy does, so what it sends is not intercepted; give one of them another runAsUser.`,
      ]
    })
}
