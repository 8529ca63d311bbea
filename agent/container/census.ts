import type { Connections } from '../drain/connections.ts'
import type { DrainDriver, Drain } from '../drain/driver.ts'
import type { DrainTarget } from '../drain/process.ts'
import type { State } from '../handover/state.ts'
import type { SlotView } from '../handover/world.ts'
import { isRunning } from '../handover/world.ts'
import type { Logger } from '../log.ts'

/** Counting costs the launcher a look at all sockets of the pod: at rest seldom is enough. */
const REST_PERIOD_MS = 5000

export interface Counted {
  /** Of the process that a handover leads away from. */
  readonly old: Connections | null
  /** Of the process that is set aside. */
  readonly aside: Connections | null
}

/** Counts connections of clients where a decision or an account needs them. Never throws. */
export class Census {
  readonly #driver: DrainDriver
  readonly #log: Logger
  readonly #seen = new Map<string, Connections>()
  #nextAt = -Infinity

  constructor(driver: DrainDriver, log: Logger) {
    this.#driver = driver
    this.#log = log
  }

  /** The last count of the process in a slot, also after its end. */
  seen(slot: string): Connections | null {
    return this.#seen.get(slot) ?? null
  }

  async count(
    state: State,
    slots: Readonly<Record<string, SlotView>>,
    at: number,
  ): Promise<Counted> {
    if (state.phase === 'Unassigned') return { old: null, aside: null }
    const [old, aside] = await Promise.all([
      this.#countOld(state, slots),
      this.#countAside(state, slots),
      this.#countActive(state, slots, at),
    ])
    return { old, aside }
  }

  async #countOld(
    state: Exclude<State, { readonly phase: 'Unassigned' }>,
    slots: Readonly<Record<string, SlotView>>,
  ): Promise<Connections | null> {
    if (state.phase !== 'Confirming' && state.phase !== 'Draining') return null
    const { from } = state.record
    if (from === null || !isRunning(slots[from])) return null
    if (state.phase === 'Draining' && state.stopOrderedAt !== null) return null
    return await this.#ask({ slot: from, aside: false }, state.order.drain)
  }

  async #countAside(
    { aside }: Exclude<State, { readonly phase: 'Unassigned' }>,
    slots: Readonly<Record<string, SlotView>>,
  ): Promise<Connections | null> {
    if (aside === null || aside.stopOrderedAt !== null) return null
    if (slots[aside.slot]?.status?.aside?.pid !== aside.process.pid) return null
    return await this.#ask({ slot: aside.slot, aside: true }, aside.drain)
  }

  async #countActive(
    state: Exclude<State, { readonly phase: 'Unassigned' }>,
    slots: Readonly<Record<string, SlotView>>,
    at: number,
  ): Promise<void> {
    const { active } = state
    if (active === null || at < this.#nextAt || !isRunning(slots[active])) return
    this.#nextAt = at + REST_PERIOD_MS
    await this.#ask({ slot: active, aside: false }, state.order.drain)
  }

  async #ask(target: DrainTarget, drain: Drain): Promise<Connections | null> {
    try {
      const count = await this.#driver.count(target, drain)
      if (count !== null && !target.aside) this.#seen.set(target.slot, count)
      return count
    } catch (error) {
      this.#log.warn('connections not counted', { ...target, error })
      return null
    }
  }
}
