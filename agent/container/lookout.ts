import type { AgentContainerConfig } from '../../api/agentConfig.ts'
import type { DesiredContainer } from '../../api/desired.ts'
import type { Clock } from '../clock.ts'
import type { Connections } from '../drain/connections.ts'
import type { DrainDriver } from '../drain/driver.ts'
import type { State } from '../handover/state.ts'
import type { HandoverStore } from '../handover/store.ts'
import type { World } from '../handover/world.ts'
import { readCounters } from '../kernel/counters.ts'
import type { Logger } from '../log.ts'
import { Census } from './census.ts'
import type { ContainerHealth } from './health.ts'
import type { Performer } from './performer.ts'
import { QueueWatch } from './queueWatch.ts'
import type { StuckQueue } from './queues.ts'
import type { Slots } from './slots.ts'
import type { KnownOfSlot } from './slotTracker.ts'

export interface LookoutOptions {
  readonly config: AgentContainerConfig
  readonly clock: Clock
  readonly log: Logger
  readonly slots: Slots
  readonly store: HandoverStore
  readonly health: ContainerHealth
  readonly performer: Performer
  readonly driver: DrainDriver
}

/** Sees all that a handover depends on, as one picture of plain data. */
export class Lookout {
  readonly #options: LookoutOptions
  readonly #census: Census
  readonly #queues: QueueWatch

  constructor(options: LookoutOptions) {
    const { driver, slots, log } = options
    this.#options = options
    this.#census = new Census(driver, log)
    this.#queues = new QueueWatch(slots, log)
  }

  get stuck(): readonly StuckQueue[] {
    return this.#queues.stuck
  }

  /** The last count of the process in a slot, also after its end. */
  seen(slot: string): Connections | null {
    return this.#census.seen(slot)
  }

  async look(state: State, order: DesiredContainer | null): Promise<World> {
    const { clock, slots, store, health, performer } = this.#options
    const at = clock.now()
    const views = await slots.look(at, (slot) => this.#knownOf(slot))
    const [{ old, aside }, unread] = await Promise.all([
      this.#census.count(state, views, at),
      this.#queues.look(views, at),
    ])
    const from = state.phase === 'Draining' ? state.record.from : null
    const asideSlot = state.phase === 'Unassigned' ? undefined : state.aside?.slot
    return {
      at,
      wall: clock.wall(),
      kernel: readCounters(),
      order,
      activeFile: store.readActive(),
      slots: views,
      health: health.ofStart(state, views, at),
      liveness: health.ofLiveness(state, views, at),
      connections: old,
      asideConnections: aside,
      drainOrdered: performer.isDrained(from),
      stopOrdered: performer.isStopped(from),
      asideStopOrdered: asideSlot !== undefined && performer.isAsideStopped(asideSlot),
      unread,
    }
  }

  #knownOf(slot: string): KnownOfSlot {
    const { config, performer } = this.#options
    return {
      retiring: performer.isRetiring(slot),
      replaceable: config.privatePorts.every(({ spares }) => spares?.[slot] !== undefined),
      connectionsSeen: this.#census.seen(slot)?.total ?? 0,
    }
  }
}
