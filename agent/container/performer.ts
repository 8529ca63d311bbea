import type { CutReason } from '../../api/reasons.ts'
import type { Drain, DrainDriver } from '../drain/driver.ts'
import { Retirement } from '../drain/retirement.ts'
import type { Effect } from '../handover/effects.ts'
import { limits } from '../handover/limits.ts'
import type { HandoverStore } from '../handover/store.ts'
import { assertNever } from '../handover/state.ts'
import type { World } from '../handover/world.ts'
import { LauncherRefused } from '../launcher/protocol.ts'
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
  /** Slots that were told to stop since they were started, with the reason when no record has it. */
  readonly #stopped = new Map<string, CutReason | null>()
  readonly #asideStopped = new Set<string>()
  #retirement: Retirement | null = null

  constructor(options: PerformerOptions) {
    this.#options = options
  }

  isDrained(slot: string | null): boolean {
    return slot !== null && slot === this.#drained
  }

  isStopped(slot: string | null): boolean {
    return slot !== null && this.#stopped.has(slot)
  }

  isAsideStopped(slot: string): boolean {
    return this.#asideStopped.has(slot)
  }

  /** Why the process in a slot was stopped, when no record says so. */
  stopReason(slot: string): CutReason | null {
    return this.#stopped.get(slot) ?? null
  }

  isRetiring(slot: string): boolean {
    return this.#retirement?.slot === slot
  }

  /** In order; the first that fails ends the list, since what follows may depend on it. */
  async perform(effects: readonly Effect[], world: World): Promise<void> {
    for (const effect of effects) await this.#perform(effect, world)
  }

  async #perform(effect: Effect, world: World): Promise<void> {
    const { slots, driver, store, log } = this.#options
    switch (effect.kind) {
      case 'startSlot':
        await this.#start(effect.slot, world)
        return
      case 'stopSlot':
        await this.#stop(effect.slot, effect.graceMs, effect.reason ?? null, world)
        return
      case 'replaceSlot':
        await this.#replace(effect.slot, effect.urgent, world)
        return
      case 'stopAside':
        await this.#stopAside(effect.slot, effect.graceMs, world)
        return
      case 'setActive':
        store.writeActive(effect.slot)
        log.info('active slot is set', { slot: effect.slot })
        return
      case 'beginDrain': {
        const { slot, drain } = effect
        await driver.begin({ slot, aside: false }, drain, drain.maxSeconds)
        slots.forgetFailures(slot)
        this.#drained = slot
        log.info('drain is ordered', { slot })
        return
      }
      case 'retireSlot':
        this.#retire(effect.slot, effect.drain, world)
        return
      case 'dropListeners':
        for (const address of effect.addresses) await this.#drop(address, world)
        return
      case 'reportLeft':
        log.warn('connections left after the timer', { handover: effect.record })
        return
      case 'finished':
        this.#finish(effect)
        return
      default:
        assertNever(effect)
    }
  }

  async #start(slot: string, world: World): Promise<void> {
    const { log, slots } = this.#options
    // Its process has closed its listeners for good: first it must end, then the slot is idle.
    if (this.isRetiring(slot)) {
      await this.#stop(slot, limits.urgentGraceMs, null, world)
      return
    }
    log.info('slot is started', { slot })
    this.#forget(slot)
    await slots.start(slot)
  }

  /** Another process in the slot may fail, be drained and be stopped by its own. */
  #forget(slot: string): void {
    this.#options.slots.forgetFailures(slot)
    if (this.#drained === slot) this.#drained = null
    this.#stopped.delete(slot)
  }

  async #stop(
    slot: string,
    graceMs: number,
    reason: CutReason | null,
    world: World,
  ): Promise<void> {
    // With its launcher the process has gone too.
    if ((world.slots[slot]?.goneMs ?? 0) > 0) return
    this.#options.log.info('slot is stopped', { slot, graceMs })
    await this.#options.slots.stop(slot, graceMs)
    this.#stopped.set(slot, reason)
  }

  async #replace(slot: string, urgent: boolean, world: World): Promise<void> {
    const { log, slots } = this.#options
    log.info('process is set aside and another one started', { slot })
    try {
      await slots.replace(slot)
    } catch (error) {
      if (!urgent || !(error instanceof LauncherRefused)) throw error
      log.error('no second process can be started, so the draining one must end', { slot, error })
      await this.#stop(slot, limits.urgentGraceMs, null, world)
      return
    }
    this.#forget(slot)
    this.#asideStopped.delete(slot)
  }

  async #stopAside(slot: string, graceMs: number, world: World): Promise<void> {
    const { log, slots } = this.#options
    const status = world.slots[slot]?.status ?? null
    if (status === null) return
    log.info('process that was set aside is stopped', { slot, graceMs })
    // It may not have been set aside yet: then it is the slot's own.
    if (status.aside === null) await slots.stop(slot, graceMs)
    else await slots.stopAside(slot, graceMs)
    this.#asideStopped.add(slot)
  }

  async #drop(address: string, world: World): Promise<void> {
    const { log, slots } = this.#options
    const slot = slots.names.find((name) => world.slots[name]?.status !== null)
    if (slot === undefined) return
    log.warn('listener that no process wants is dropped', { address })
    await slots.launcher(slot).drop(address)
  }

  #finish({ record, result }: Extract<Effect, { readonly kind: 'finished' }>): void {
    const { container, log, metrics } = this.#options
    log.info('handover has ended', { result, handover: record })
    metrics.handoverEnded(container, result)
    // What a failover lost was counted when it was seen to end.
    const hasDrained = result === 'Settled' || result === 'TurnedBack' || result === 'Aborted'
    if (!hasDrained || record.drainStartedAt === null) return
    metrics.drained(container, record)
    if (result !== 'Settled' || record.settledAt === null) return
    metrics.handoverSettled(container, (record.settledAt - record.startedAt) / 1000)
  }

  #retire(slot: string, drain: Drain, world: World): void {
    if (this.isRetiring(slot)) return
    const { container, slots, driver, metrics, log } = this.#options
    // The kubelet waits for this slot and will kill it.
    const terminating = world.slots[slot]?.status?.terminating === true
    const { maxSeconds } = drain
    this.#retirement = new Retirement({
      target: { slot, aside: false },
      drain,
      limitSeconds: terminating ? Math.min(limits.forcedDrainSeconds, maxSeconds) : maxSeconds,
      driver,
      launcher: slots.launcher(slot),
      log,
      reason: terminating ? 'SlotTerminating' : 'Retired',
      onCut: (cut) => {
        metrics.connectionsCut(container, cut)
      },
    })
  }

  /** Does what the retirement at hand needs; errors are logged, the next call tries again. */
  async advanceRetirement(world: World): Promise<void> {
    const retirement = this.#retirement
    if (retirement === null) return
    const view = world.slots[retirement.slot]
    try {
      const gone = (view?.goneMs ?? 0) >= limits.goneMs
      if (gone) retirement.lose()
      if (gone || (await retirement.advance(world.at, view?.status ?? null))) {
        this.#options.log.info('slot is retired and idle', { slot: retirement.slot })
        this.#retirement = null
      }
    } catch (error) {
      this.#options.log.warn('retirement not carried on', { slot: retirement.slot, error })
    }
  }
}
