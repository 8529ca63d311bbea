import type { AgentContainerConfig } from '../../api/agentConfig.ts'
import type { AgentContainerStatus } from '../../api/agentStatus.ts'
import type { DesiredContainer } from '../../api/desired.ts'
import type { Clock } from '../clock.ts'
import { drainDriver } from '../drain/driver.ts'
import type { Event } from '../handover/events.ts'
import { needsDisk } from '../handover/needsDisk.ts'
import { perceive } from '../handover/perceive.ts'
import type { State } from '../handover/state.ts'
import { HandoverStore } from '../handover/store.ts'
import { step } from '../handover/table.ts'
import type { Health, World } from '../handover/world.ts'
import { unknownHealth } from '../handover/world.ts'
import { watchLauncher } from '../launcher/watch.ts'
import type { Logger } from '../log.ts'
import type { AgentMetrics } from '../metrics/agentMetrics.ts'
import type { DesiredSource } from '../podinfo/source.ts'
import { Disk } from './disk.ts'
import { EndWatch } from './endWatch.ts'
import { ContainerHealth } from './health.ts'
import { lastDrain, retireAll } from './ending.ts'
import { Lookout } from './lookout.ts'
import { paceMs } from './pace.ts'
import { Performer } from './performer.ts'
import type { Readiness } from './readiness.ts'
import { readinessOf } from './readiness.ts'
import { Slots } from './slots.ts'
import { standing } from './standing.ts'
import { containerStatus } from './status.ts'
import { Wakeup } from './wakeup.ts'

export interface ContainerManagerOptions {
  readonly config: AgentContainerConfig
  /** Run directory of this container. */
  readonly directory: string
  readonly source: DesiredSource
  readonly metrics: AgentMetrics
  readonly log: Logger
  readonly clock: Clock
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
  readonly #disk: Disk
  readonly #health: ContainerHealth
  readonly #performer: Performer
  readonly #lookout: Lookout
  readonly #ends: EndWatch
  readonly #driver
  #state: State = { phase: 'Unassigned', active: null }
  #world: World | null = null
  #liveness: Health = unknownHealth
  #readiness: Readiness
  #lookedAt: number
  #refused = ''

  constructor(options: ContainerManagerOptions) {
    const { config, directory, log, metrics, clock } = options
    this.name = config.name
    this.#options = options
    this.#slots = new Slots(config.slots, directory, log)
    this.#store = new HandoverStore(directory, clock)
    this.#disk = new Disk(this.#store, log)
    this.#health = new ContainerHealth(config, this.#slots.launchers, () => {
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
    this.#lookout = new Lookout({
      config,
      clock,
      log,
      slots: this.#slots,
      store: this.#store,
      health: this.#health,
      performer: this.#performer,
      driver: this.#driver,
    })
    this.#ends = new EndWatch({
      log,
      reasonOf: (slot) => this.#performer.stopReason(slot),
      seen: (slot) => this.#lookout.seen(slot),
      onCut: (cut) => {
        metrics.connectionsCut(config.name, cut)
      },
    })
    this.#readiness = readinessOf(this.#state, null, { verdict: 'unknown', detail: '' })
    this.#lookedAt = clock.now()
  }

  get readiness(): Readiness {
    return this.#readiness
  }

  /** A process has served in the life of this pod. */
  get started(): boolean {
    return this.#state.active !== null
  }

  /** When the loop last completed a look, by the monotonic clock. */
  get lookedAt(): number {
    return this.#lookedAt
  }

  /** What stands of the livenessProbe; null = the container has none. */
  get liveness(): Health | null {
    if (this.#options.config.livenessProbe === undefined) return null
    return this.#liveness
  }

  /** Why nothing new is begun, a sentence; null = nothing is in the way. */
  get blocked(): string | null {
    return this.#disk.blocked
  }

  get status(): AgentContainerStatus {
    const { blocked } = this.#disk
    const { stuck } = this.#lookout
    return {
      ...containerStatus(this.#state, this.#world, this.#slots.names),
      ...(stuck.length === 0 ? {} : { stuckQueues: stuck }),
      ...(blocked === null ? {} : { blocked }),
    }
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
    const { log, metrics, clock } = this.#options
    // From here on no launcher is to step in for one that has ended.
    this.#store.clearActive()
    await retireAll({
      slots: this.#slots,
      driver: this.#driver,
      drain: lastDrain(this.#state),
      log,
      clock,
      onCut: (cut) => {
        metrics.connectionsCut(this.name, cut)
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
      if (this.#disk.repair(this.#state)) this.#slots.distrust(this.#options.clock.now())
      const world = await this.#look()
      this.#world = world
      this.#liveness = standing(this.#liveness, world.liveness)
      this.#ends.look(this.#state, world.slots)
      const again = await this.#decide(world)
      await this.#performer.advanceRetirement(world)
      const probe = this.#health.ofReadiness(this.#state, world.slots, world.at)
      this.#readiness = readinessOf(this.#state, world, probe)
      this.#lookedAt = this.#options.clock.now()
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
        if (!this.#disk.write(state) && needsDisk.has(event.kind)) continue
        this.#state = state
      }
      this.#tell(before, state, event)
      await this.#disk.attempt(() => this.#performer.perform(effects, world))
      // The other events were seen in another state.
      if (state.phase !== before.phase || state.active !== before.active) return true
    }
    return false
  }

  #tell(before: State, { phase, active }: State, event: Event): void {
    if (phase === before.phase) return
    // An order was logged when it was read.
    const why = 'order' in event ? { kind: event.kind } : event
    this.#options.log.info('phase changed', { from: before.phase, to: phase, active, why })
  }

  async #look(): Promise<World> {
    const desired = await this.#options.source.read()
    return await this.#lookout.look(this.#state, this.#checkedOrder(desired?.containers[this.name]))
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
}
