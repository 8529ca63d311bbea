import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type {
  AgentContainerStatus,
  AgentStatus,
  HandoverStatus,
} from '../../../../api/agentStatus.ts'
import { parseDesired } from '../../../../api/desired.ts'
import type { DesiredContainer } from '../../../../api/desired.ts'
import { AGENT_PORT, annotations, slotNames } from '../../../../api/group.ts'
import type { RunningPod } from './kubelet.ts'

/** What an agent remembers of one container. */
interface Memory {
  active: string
  handover: HandoverStatus | null
}

export interface AgentsOptions {
  readonly byAddress: (ip: string) => RunningPod | undefined
  /** From the restart of the slot to the end of the handover; nothing has to drain. */
  readonly handoverMs: number
}

/** The agents of all pods: one server, which tells them apart by the address it was called at. */
export async function startAgents({ byAddress, handoverMs }: AgentsOptions): Promise<Server> {
  const memories = new Map<string, Memory>()
  const server = createServer((request, response) => {
    const ip = request.socket.localAddress ?? ''
    const pod = byAddress(ip)
    if (pod === undefined) {
      request.socket.destroy()
      return
    }
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(statusOf(ip, pod)))
  })
  // Agents keep a connection for as long as the operator asks now and then.
  server.keepAliveTimeout = 5_000
  await new Promise<void>((resolve) => server.listen(AGENT_PORT, '0.0.0.0', 4_096, resolve))
  return server

  function statusOf(ip: string, pod: RunningPod): AgentStatus {
    const text = pod.pod.metadata.annotations?.[annotations.desired]
    const desired = text === undefined ? { containers: {} } : parseDesired(text)
    const containers = Object.entries(desired.containers).map(([name, order]) => {
      const key = `${ip} ${name}`
      const memory = memories.get(key) ?? { active: order.active, handover: null }
      memories.set(key, memory)
      obey(memory, order, pod)
      return [name, containerStatus(name, memory, pod)] as const
    })
    return { v: 1, ready: true, containers: Object.fromEntries(containers) }
  }

  function obey(memory: Memory, order: DesiredContainer, { boots }: RunningPod): void {
    const { handover } = memory
    if (handover?.id === order.handover && handover.phase === 'Settled') return
    const boot = boots(order.active)
    const hasBooted = boot.count >= (order.minBoot[order.active] ?? 0)
    const isOver = hasBooted && Date.now() >= boot.at + handoverMs
    const from = handover?.id === order.handover ? handover.from : memory.active
    memory.handover = handoverOf(order, from, boot.at, isOver ? boot.at + handoverMs : undefined)
    if (isOver) memory.active = order.active
  }
}

function handoverOf(
  order: DesiredContainer,
  from: string | null,
  startedAt: number,
  settledAt: number | undefined,
): HandoverStatus {
  const time = (ms: number): string => new Date(ms).toISOString()
  return {
    id: order.handover,
    from,
    to: order.active,
    revision: order.revision,
    phase: settledAt === undefined ? 'Starting' : 'Settled',
    reason: '',
    message: '',
    startedAt: time(startedAt),
    ...(settledAt === undefined ? {} : { servingAt: time(settledAt), settledAt: time(settledAt) }),
    listeners: 1,
    connectionsAtDrain: 0,
    connectionsLeft: 0,
    connectionsDrained: 0,
    connectionsCut: 0,
    kernel: {},
  }
}

function containerStatus(
  name: string,
  { active, handover }: Memory,
  { boots }: RunningPod,
): AgentContainerStatus {
  const slots = slotNames(name).map((slot) => {
    const running = slot === active
    return [slot, { boot: boots(slot).count, running, listening: [] }] as const
  })
  const phase = handover?.phase ?? 'Settled'
  return { active, phase, handover, slots: Object.fromEntries(slots) }
}
