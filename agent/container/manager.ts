import type { AgentContainerConfig } from '../../api/agentConfig.ts'
import type { AgentContainerStatus } from '../../api/agentStatus.ts'
import type { DesiredContainer } from '../../api/desired.ts'
import { drainDriver } from '../drain/driver.ts'
import { perceive } from '../handover/perceive.ts'
import type { State } from '../handover/state.ts'
import { HandoverStore } from '../handover/store.ts'
import { step } from '../handover/table.ts'
import type { World } from '../handover/world.ts'
import { readCounters } from '../kernel/counters.ts'
import { watchLauncher } from '../launcher/watch.ts'
import type { Logger } from '../log.ts'
import type { AgentMetrics } from '../metrics/agentMetrics.ts'
import type { DesiredSource } from '../podinfo/source.ts'
import { ContainerHealth } from './health.ts'
import { lastDrain, retireAll } from './ending.ts'
import { paceMs } from './pace.ts'
import { Performer } from './performer.ts'
import type { Readiness } from './readiness.ts'
import { readinessOf } from './readiness.ts'
import { Slots } from './slots.ts'
import { containerStatus } from './status.ts'
import { Wakeup } from './wakeup.ts'

export interface ContainerManagerOptions {
  readonly config: AgentContainerConfig
  /** Run directory of this container. */
  readonly directory: string
  readonly source: DesiredSource
  readonly metrics: AgentMetrics
  readonly log: Logger
  readonly now: () => number
}

/**
 * The shell around the handover of one container: looks at the world, lets the table decide, puts
 * the new state on disk, and only then acts. All it needs to go on after its death is on disk.
 */
export class ContainerManager {
  readonly name: string
  readonly #options: ContainerManagerOptions
  readonly #wakeup = new Wakeup()
  readonly #slots: Slots
  readonly #store: HandoverStore
  readonly #health: ContainerHealth
  readonly #performer: Performer
  readonly #driver
  #state: State = { phase: 'Unassigned', active: null }
  #world: World | null = null
  #readiness: Readiness
  #lookedAt: number
  #refused = ''

  constructor(options: ContainerManagerOptions) {
    const { config, directory, log, metrics } = options
    this.name = config.name
    this.#options = options
    this.#slots = new Slots(config.slots, directory, log)
    this.#store = new HandoverStore(directory)
    this.#health = new ContainerHealth(config, () => {
      this.#wakeup.notify()
    })
    this.#driver = drainDriver(config, this.#slots.launchers)
    this.#performer = new Performer({
      container: config.name,
      slots: this.#slots,
      driver: this.#driver,
      store: this.#store,
      metrics,
      log,
    })
    this.#readiness = readinessOf(this.#state, null, { verdict: 'unknown', detail: '' })
    this.#lookedAt = options.now()
  }

  get readiness(): Readiness {
    return this.#readiness
  }

  /** A process has served in the life of this pod. */
  get started(): boolean {
    return this.#state.active !== null
  }

  /** When the loop last completed a look, in ms since 1970. */
  get lookedAt(): number {
    return this.#lookedAt
  }

  get status(): AgentContainerStatus {
    return containerStatus(this.#state, this.#world, this.#slots.names)
  }

  /** Something may have changed: look at once. */
  notify(): void {
    this.#wakeup.notify()
  }

  /** Ends when aborted, with the handover where it is; throws only what is a bug. */
  async run(signal: AbortSignal): Promise<void> {
    this.#restore()
    const watches = this.#slots.names.map((name) =>
      watchLauncher(
        {
          path: `${this.#options.directory}/${name}.sock`,
          onChange: () => {
            this.#wakeup.notify()
          },
        },
        signal,
      ),
    )
    while (!signal.aborted) {
      const again = await this.#tick()
      if (!again) await this.#wakeup.pause(paceMs(this.#state, this.#world), signal)
    }
    await Promise.all(watches)
  }

  /** The pod ends: drains what runs, then stops it. To be called when `run` has ended. */
  async end(): Promise<void> {
    const { log, metrics, now } = this.#options
    await retireAll({
      slots: this.#slots,
      driver: this.#driver,
      drain: lastDrain(this.#state),
      log,
      now,
      onCut: (connections) => {
        metrics.connectionsCut(this.name, connections)
      },
    })
  }

  #restore(): void {
    const { log } = this.#options
    try {
      this.#state = this.#store.read() ?? { phase: 'Unassigned', active: this.#store.readActive() }
      log.info('state restored', { phase: this.#state.phase, active: this.#state.active })
    } catch (error) {
      // The file `active` still tells who serves; the order is then carried out anew.
      this.#state = { phase: 'Unassigned', active: this.#store.readActive() }
      log.error('state not readable, begun anew', { error })
    }
  }

  /** One look and what follows. Resolves to whether to look again at once. */
  async #tick(): Promise<boolean> {
    try {
      const world = await this.#look()
      this.#world = world
      const again = await this.#decide(world)
      await this.#performer.advanceRetirement(world)
      const probe = this.#health.ofReadiness(this.#state, world.slots, world.at)
      this.#readiness = readinessOf(this.#state, world, probe)
      this.#lookedAt = this.#options.now()
      return again
    } catch (error) {
      this.#options.log.error('step not completed, will be tried again', { error })
      return false
    }
  }

  async #decide(world: World): Promise<boolean> {
    for (const event of perceive(this.#state, world)) {
      const before = this.#state
      const { state, effects } = step(before, event, world)
      if (state !== before) {
        this.#store.write(state)
        this.#state = state
      }
      if (state.phase !== before.phase) {
        const { phase, active } = state
        // An order was logged when it was read.
        const why = event.kind === 'ordered' ? { kind: event.kind } : event
        this.#options.log.info('phase changed', { from: before.phase, to: phase, active, why })
      }
      await this.#performer.perform(effects, world)
      // The other events were seen in another state.
      if (state.phase !== before.phase || state.active !== before.active) return true
    }
    return false
  }

  async #look(): Promise<World> {
    const at = this.#options.now()
    const [slots, desired] = await Promise.all([
      this.#slots.look(at, (slot) => this.#performer.isRetiring(slot)),
      this.#options.source.read(),
    ])
    const state = this.#state
    return {
      at,
      kernel: readCounters(),
      order: this.#checkedOrder(desired?.containers[this.name]),
      activeFile: this.#store.readActive(),
      slots,
      health: this.#health.ofStart(state, slots, at),
      liveness: this.#health.ofLiveness(state, slots, at),
      connections: await this.#countConnections(),
      drainOrdered: state.phase === 'Draining' && this.#performer.isDrained(state.record.from),
    }
  }

  /** An order for a slot that does not exist can only be a mistake: it is left undone. */
  #checkedOrder(order: DesiredContainer | undefined): DesiredContainer | null {
    if (order === undefined) return null
    if (this.#slots.names.includes(order.active)) return order
    if (this.#refused !== order.handover) {
      this.#refused = order.handover
      this.#options.log.error('order names an unknown slot', { slot: order.active })
    }
    return null
  }

  async #countConnections(): Promise<number | null> {
    const state = this.#state
    if (state.phase !== 'Confirming' && state.phase !== 'Draining') return null
    if (state.record.from === null) return null
    if (state.phase === 'Draining' && state.stopOrderedAt !== null) return null
    try {
      return await this.#driver.count(state.record.from, state.order.drain)
    } catch (error) {
      this.#options.log.warn('connections not counted', { slot: state.record.from, error })
      return null
    }
  }
}
