import { join } from 'node:path'
import type { AgentConfig } from '../../api/agentConfig.ts'
import type { AgentContainerStatus } from '../../api/agentStatus.ts'
import type { Health } from '../handover/world.ts'
import { LauncherClient } from '../launcher/client.ts'
import { portsOf } from './probe/proxyWatch.ts'
import type { Look } from './probe/standstill.ts'
import { sumOfPulses } from './probe/standstill.ts'

type Statuses = () => Readonly<Record<string, AgentContainerStatus>>

/** What interception needs to know of the hot containers of the pod. */
export class ProxySlots {
  readonly #config: AgentConfig
  readonly #statuses: Statuses
  readonly #livenesses: () => Readonly<Record<string, Health | null>>

  /**
   * @param statuses what the handovers of the pod see, by container
   * @param livenesses what their livenessProbes say; null = it has none
   */
  constructor(
    config: AgentConfig,
    statuses: Statuses,
    livenesses: () => Readonly<Record<string, Health | null>>,
  ) {
    this.#config = config
    this.#statuses = statuses
    this.#livenesses = livenesses
  }

  /** Ports on which processes of the pod's slots listen now. */
  listening(): ReadonlySet<number> {
    const slots = Object.values(this.#statuses()).flatMap((status) => Object.values(status.slots))
    return portsOf(slots.filter(({ running }) => running).flatMap(({ listening }) => listening))
  }

  /** Of the containers that listen on these ports, the worst; null = none of them is probed. */
  liveness(ports: readonly number[]): Health | null {
    const livenesses = this.#livenesses()
    const own = Object.entries(this.#statuses()).flatMap(([container, { slots }]) => {
      const listening = portsOf(Object.values(slots).flatMap((slot) => slot.listening))
      const liveness = livenesses[container] ?? null
      return liveness !== null && ports.some((port) => listening.has(port)) ? [liveness] : []
    })
    const order = ['failing', 'unknown', 'passing'] as const
    return order.flatMap((one) => own.filter(({ verdict }) => verdict === one))[0] ?? null
  }

  /** Whether the processes that listen on any of these ports do anything; null = nobody can tell. */
  async pulse(ports: readonly number[]): Promise<Pick<Look, 'awake' | 'cpuMs'>> {
    const listens = (slot: { running: boolean; listening: readonly string[] }): boolean =>
      slot.running && ports.some((port) => portsOf(slot.listening).has(port))
    const asked = Object.entries(this.#statuses()).flatMap(([container, { slots }]) =>
      Object.entries(slots)
        .filter(([, slot]) => listens(slot))
        .map(([name]) => this.#launcher(container, name).pulse()),
    )
    const pulses = await Promise.allSettled(asked)
    return sumOfPulses(pulses.map((one) => (one.status === 'fulfilled' ? one.value : null)))
  }

  /** Launcher of the slot that serves. @param container undefined = the first of the pod */
  serving(container = this.#config.containers[0]?.name): LauncherClient | undefined {
    if (container === undefined) return undefined
    const slot = this.#statuses()[container]?.active ?? null
    return slot === null ? undefined : this.#launcher(container, slot)
  }

  /** Connections that came to these ports and are open still; null = nobody can count them. */
  async connections(ports: readonly number[]): Promise<number | null> {
    const wanted = new Set(ports)
    const counts = this.#config.containers.flatMap(({ name, slots }) =>
      slots.map(async (slot) => {
        const { connections, aside } = await this.#launcher(name, slot).connections()
        return [connections, aside ?? {}]
      }),
    )
    const seen = (await Promise.allSettled(counts)).flatMap((one) =>
      one.status === 'fulfilled' ? one.value : [],
    )
    const own = seen.flatMap((byAddress) =>
      Object.entries(byAddress).filter(([address]) => wanted.has([...portsOf([address])][0] ?? 0)),
    )
    return own.length === 0 ? null : own.reduce((sum, [, count]) => sum + count, 0)
  }

  #launcher(container: string, slot: string): LauncherClient {
    return new LauncherClient(join(this.#config.runDir, container, `${slot}.sock`))
  }
}
