import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { isDeepStrictEqual } from 'node:util'
import type { AgentStatus, HandoverStatus } from '../../api/agentStatus.ts'
import type { DesiredContainer } from '../../api/desired.ts'
import { parseDesired } from '../../api/desired.ts'
import { annotations } from '../../api/group.ts'
import { PODS } from '../../runtime/client/kinds.ts'
import type { Pod } from '../../runtime/client/kinds.ts'
import type { FakeApiServer } from '../../runtime/testing/apiserver.ts'
import { PREFETCH_IMAGE, PREFETCH_LABEL } from '../sidecarset/prefetch/prefetchPod.ts'
import type { InterceptionAgents, InterceptionAgentsOptions } from './interceptionAgents.ts'
import { createInterceptionAgents } from './interceptionAgents.ts'
import { bootsOf, findContainer, imageOf } from '../sidecarset/rollout/podStatus.ts'

export interface PodNodeOptions extends InterceptionAgentsOptions {
  readonly server: FakeApiServer
  /** Images whose process exits: the agent gives the handover up. */
  readonly brokenImages?: ReadonlySet<string>
  /** Images that cannot be pulled. */
  readonly missingImages?: ReadonlySet<string>
  /** Images that end at once in plain containers: the kubelet holds them back. */
  readonly crashingImages?: ReadonlySet<string>
  /** Containers stay as they are while this is true. */
  readonly holdRestarts?: () => boolean
  /** Pods (by name) whose agent answers nothing. */
  readonly deafPods?: ReadonlySet<string>
  /** Handovers do not end while this is true. */
  readonly holdHandovers?: () => boolean
  /** Old processes run on in their slots while this is true. */
  readonly holdDrains?: () => boolean
  /** What handovers to an image cost. Defaults to nothing. */
  readonly costs?: (image: string) => Partial<HandoverStatus>
  /** What the kubelet says to resizes; undefined carries them out. Defaults to that. */
  readonly resizes?: () => 'Deferred' | 'Infeasible' | undefined
}

/** The node's part in the play: a kubelet over the fake API server, and agents over real HTTP. */
export interface PodNode {
  readonly agentPort: number
  /** Switches that agents carried out, `pod: from -> to (id)`. */
  readonly switches: readonly string[]
  /** See InterceptionAgents. */
  readonly toggles: InterceptionAgents['toggles']
  /** What the agent of a pod (by name) would answer. */
  status(pod: string): AgentStatus
  /** The agent of a pod lets the other slot of `proxy` stand in for the one that was ordered. */
  failOver(pod: string): void
  stop(): Promise<void>
}

const tickMs = 5

/** Every pod has its own address in 127.0.1.0/24; one server tells them apart by it. */
export async function startPodNode(options: PodNodeOptions): Promise<PodNode> {
  const { server } = options
  const agents = new Map<string, { active: string | null; handover: HandoverStatus | null }>()
  const switches: string[] = []
  const interception = createInterceptionAgents(options)
  const http: Server = createServer((request, response) => {
    answer(request, response)
  })
  await new Promise<void>((resolve) => http.listen(0, '0.0.0.0', resolve))
  const timer = setInterval(() => {
    for (const pod of server.list(PODS)) {
      runKubelet(server, pod, options)
      // Agents obey what is written on their pod, whether anybody asks them or not.
      if (pod.metadata.annotations?.[annotations.desired] !== undefined) agentStatus(pod)
    }
  }, tickMs)

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const address = request.socket.localAddress ?? ''
    const pod = server.list(PODS).find((one) => one.status?.podIP === address)
    if (pod === undefined || options.deafPods?.has(pod.metadata.name) === true) {
      request.socket.destroy()
      return
    }
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(agentStatus(pod)))
  }

  function agentStatus(pod: Pod): AgentStatus {
    const desired = parseDesired(pod.metadata.annotations?.[annotations.desired] ?? '')
    const containers = Object.entries(desired.containers).map(([name, order]) => {
      const key = `${pod.metadata.name}/${name}`
      const state = agents.get(key) ?? { active: null, handover: null }
      agents.set(key, state)
      obey(pod, order, state)
      const slots = Object.fromEntries(
        [`${name}-1`, `${name}-2`].map((slot) => [
          slot,
          {
            boot: bootsOf(pod, slot),
            running: slot === state.active || options.holdDrains?.() === true,
            listening: [],
          },
        ]),
      )
      const phase = state.handover?.phase ?? 'Waiting'
      return [name, { active: state.active, phase, handover: state.handover, slots }] as const
    })
    const intercepted = interception.look(pod)
    return {
      v: 1,
      ready: true,
      containers: Object.fromEntries(containers),
      ...(intercepted === undefined ? {} : { interception: intercepted }),
    }
  }

  function obey(
    pod: Pod,
    order: DesiredContainer,
    state: { active: string | null; handover: HandoverStatus | null },
  ): void {
    if (state.handover?.id === order.handover && state.handover.phase !== 'Starting') return
    state.active ??= order.active
    const id = order.handover
    const cost = options.costs?.(order.image) ?? {}
    const base = { ...handover(id, state.active, order), ...cost }
    if (state.active === order.active) {
      state.handover = base
      return
    }
    const booted = bootsOf(pod, order.active) >= (order.minBoot[order.active] ?? 0)
    const image = imageOf(pod, order.active) ?? ''
    if (!booted || options.holdHandovers?.() === true) {
      state.handover = { ...base, phase: 'Starting' }
    } else if (options.brokenImages?.has(image) === true) {
      const message = 'the new process exited with code 1 three times'
      state.handover = { ...base, phase: 'Aborted', reason: 'ProxyExited', message }
    } else {
      switches.push(`${pod.metadata.name}: ${state.active} -> ${order.active} (${id})`)
      state.active = order.active
      state.handover = base
    }
  }

  return {
    toggles: interception.toggles,
    agentPort: (http.address() as AddressInfo).port,
    switches,
    status: (name) => {
      const pod = server.list(PODS).find(({ metadata }) => metadata.name === name)
      if (pod === undefined) throw new Error(`there is no pod ${name}`)
      return agentStatus(pod)
    },
    failOver: (pod) => {
      const state = agents.get(`${pod}/proxy`)
      if (state?.handover === null || state?.handover === undefined) throw new Error('no handover')
      const { to: lost } = state.handover
      const to = lost === 'proxy-1' ? 'proxy-2' : 'proxy-1'
      state.active = to
      state.handover = { ...state.handover, phase: 'FailedOver', from: lost, to }
    },
    stop: async () => {
      clearInterval(timer)
      http.closeAllConnections()
      await new Promise((resolve) => http.close(resolve))
    },
  }
}

function handover(id: string, from: string, order: DesiredContainer): HandoverStatus {
  const now = Date.now()
  return {
    id,
    from,
    to: order.active,
    revision: order.revision,
    phase: 'Settled',
    reason: '',
    message: '',
    startedAt: new Date(now - 1000).toISOString(),
    servingAt: new Date(now - 500).toISOString(),
    settledAt: new Date(now).toISOString(),
    listeners: 3,
    connectionsAtDrain: 4,
    connectionsLeft: 0,
    connectionsDrained: 4,
    connectionsCut: 0,
    kernel: {},
  }
}

/** Restarts containers whose image changed, and runs prefetch pods; other pods stay as they are. */
function runKubelet(server: FakeApiServer, pod: Pod, options: PodNodeOptions): void {
  if (pod.metadata.labels?.[PREFETCH_LABEL] !== undefined) {
    const image = pod.metadata.annotations?.[PREFETCH_IMAGE] ?? ''
    const missing = options.missingImages?.has(image) === true
    const known = pod.status?.containerStatuses?.[0]?.state
    if (missing ? known?.waiting !== undefined : known?.terminated !== undefined) return
    const state = missing
      ? { waiting: { reason: 'ImagePullBackOff', message: `no such image ${image}` } }
      : { terminated: { exitCode: 0 } }
    const status = { name: 'image', image, imageID: '', ready: false, restartCount: 0, state }
    server.put(PODS, { ...pod, status: { phase: 'Pending', containerStatuses: [status] } })
    return
  }
  const { containerStatuses = [] } = pod.status ?? {}
  const obstacle = options.resizes?.()
  const next = containerStatuses.map((before) => {
    const status = obstacle === undefined ? resized(pod, before) : before
    const image = imageOf(pod, status.name)
    const isHeld = options.holdRestarts?.() === true
    if (image === undefined || image === status.image || isHeld) return status
    const restartCount = status.restartCount + 1
    const containerID = `containerd://${pod.metadata.name}-${status.name}-${restartCount}`
    const crashes = options.crashingImages?.has(image) === true
    const state = crashes
      ? { waiting: { reason: 'CrashLoopBackOff', message: `back-off restarting ${status.name}` } }
      : { running: { startedAt: new Date().toISOString() } }
    const renewed = { image, imageID: `id-of-${image}`, restartCount, containerID, state }
    return { ...status, ...renewed, ready: !crashes }
  })
  const conditions = resizeConditions(pod, next, obstacle)
  const isSame = next.every((status, index) => status === containerStatuses[index])
  if (isSame && isDeepStrictEqual(conditions, pod.status?.conditions)) return
  server.put(PODS, { ...pod, status: { ...pod.status, conditions, containerStatuses: next } })
}

type Status = NonNullable<NonNullable<Pod['status']>['containerStatuses']>[number]

function resized(pod: Pod, status: Status): Status {
  const { resources } = findContainer(pod, status.name)?.container ?? {}
  if (resources === undefined || isDeepStrictEqual(resources, status.resources)) return status
  return { ...status, resources }
}

function resizeConditions(
  pod: Pod,
  statuses: readonly Status[],
  obstacle: string | undefined,
): NonNullable<NonNullable<Pod['status']>['conditions']> {
  const others = (pod.status?.conditions ?? []).filter(({ type }) => type !== 'PodResizePending')
  const isPending = statuses.some((status) => resized(pod, status) !== status)
  if (obstacle === undefined || !isPending) return others
  const message = "Node didn't have enough capacity: cpu"
  return [...others, { type: 'PodResizePending', status: 'True', reason: obstacle, message }]
}
