import type { Drain, DrainDriver } from '../drain/driver.ts'
import { Retirement } from '../drain/retirement.ts'
import type { Effect } from '../handover/effects.ts'
import { limits } from '../handover/limits.ts'
import type { HandoverStore } from '../handover/store.ts'
import { assertNever } from '../handover/state.ts'
import type { World } from '../handover/world.ts'
import type { Logger } from '../log.ts'
import type { AgentMetrics } from '../metrics/agentMetrics.ts'
import type { Slots } from './slots.ts'

export interface PerformerOptions {
  readonly container: string
  readonly slots: Slots
  readonly driver: DrainDriver
  readonly store: HandoverStore
  readonly metrics: AgentMetrics
  readonly log: Logger
}

/** Carries out effects. What fails is asked for again by the next look at the world. */
export class Performer {
  readonly #options: PerformerOptions
  /** Slot that was told to drain as part of a handover, in this life of the agent. */
  #drained: string | null = null
  #retirement: Retirement | null = null

  constructor(options: PerformerOptions) {
    this.#options = options
  }

  isDrained(slot: string | null): boolean {
    return slot !== null && slot === this.#drained
  }

  isRetiring(slot: string): boolean {
    return this.#retirement?.slot === slot
  }

  /** In order; the first that fails ends the list, since what follows may depend on it. */
  async perform(effects: readonly Effect[], world: World): Promise<void> {
    for (const effect of effects) await this.#perform(effect, world)
  }

  async #perform(effect: Effect, world: World): Promise<void> {
    const { container, slots, driver, store, log, metrics } = this.#options
    switch (effect.kind) {
      case 'startSlot':
        await this.#start(effect.slot, world)
        return
      case 'stopSlot':
        await this.#stop(effect.slot, effect.graceMs, world)
        return
      case 'setActive':
        store.writeActive(effect.slot)
        log.info('active slot is set', { slot: effect.slot })
        return
      case 'beginDrain':
        await driver.begin(effect.slot, effect.drain, effect.drain.maxSeconds)
        slots.forgetFailures(effect.slot)
        this.#drained = effect.slot
        log.info('drain is ordered', { slot: effect.slot })
        return
      case 'retireSlot':
        this.#retire(effect.slot, effect.drain, world)
        return
      case 'reportLeft':
        log.warn('connections left after the timer', { handover: effect.record })
        return
      case 'finished': {
        const { record, result } = effect
        log.info('handover has ended', { result, handover: record })
        metrics.handoverEnded(container, result)
        metrics.connectionsCut(container, record.connectionsCut)
        if (result !== 'Settled' || record.settledAt === null) return
        const seconds = (record.settledAt - record.startedAt) / 1000
        metrics.handoverSettled(container, seconds, record.connectionsDrained)
        return
      }
      default:
        assertNever(effect)
    }
  }

  async #start(slot: string, world: World): Promise<void> {
    const { log, slots } = this.#options
    // Its process has closed its listeners for good: first it must end, then the slot is idle.
    if (this.isRetiring(slot)) {
      await this.#stop(slot, limits.urgentGraceMs, world)
      return
    }
    log.info('slot is started', { slot })
    slots.forgetFailures(slot)
    // A drained process that is started again may be drained again.
    if (this.#drained === slot) this.#drained = null
    await slots.launcher(slot).start()
  }

  async #stop(slot: string, graceMs: number, world: World): Promise<void> {
    // With its launcher the process has gone too.
    if ((world.slots[slot]?.goneMs ?? 0) > 0) return
    this.#options.log.info('slot is stopped', { slot, graceMs })
    await this.#options.slots.launcher(slot).stop(graceMs)
  }

  #retire(slot: string, drain: Drain, world: World): void {
    if (this.isRetiring(slot)) return
    const { container, slots, driver, metrics, log } = this.#options
    // The kubelet waits for this slot and will kill it.
    const terminating = world.slots[slot]?.status?.terminating === true
    const { maxSeconds } = drain
    this.#retirement = new Retirement({
      slot,
      drain,
      limitSeconds: terminating ? Math.min(limits.forcedDrainSeconds, maxSeconds) : maxSeconds,
      driver,
      launcher: slots.launcher(slot),
      log,
      onCut: (connections) => {
        metrics.connectionsCut(container, connections)
      },
    })
  }

  /** Does what the retirement at hand needs; errors are logged, the next call tries again. */
  async advanceRetirement(world: World): Promise<void> {
    const retirement = this.#retirement
    if (retirement === null) return
    const view = world.slots[retirement.slot]
    try {
      const gone = (view?.goneMs ?? 0) > 0
      if (gone || (await retirement.advance(world.at, view?.status ?? null))) {
        this.#options.log.info('slot is retired and idle', { slot: retirement.slot })
        this.#retirement = null
      }
    } catch (error) {
      this.#options.log.warn('retirement not carried on', { slot: retirement.slot, error })
    }
  }
}
