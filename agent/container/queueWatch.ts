import type { Logger } from '../log.ts'
import type { SlotView } from '../handover/world.ts'
import { isAvailable } from '../handover/world.ts'
import type { StuckQueue } from './queues.ts'
import { noQueues, stuckQueues, unreadListeners, watchQueues } from './queues.ts'
import type { Slots } from './slots.ts'

const PERIOD_MS = 1000

/** Asks a launcher once a second how long the queues of the held listeners are. */
export class QueueWatch {
  readonly #slots: Slots
  readonly #log: Logger
  #memory = noQueues
  #stuck: readonly StuckQueue[] = []
  #nextAt = -Infinity
  readonly #told = new Set<string>()

  constructor(slots: Slots, log: Logger) {
    this.#slots = slots
    this.#log = log
  }

  get stuck(): readonly StuckQueue[] {
    return this.#stuck
  }

  /** Held listeners that no process has wanted for long. Never throws: nothing depends on it. */
  async look(views: Readonly<Record<string, SlotView>>, at: number): Promise<readonly string[]> {
    if (at >= this.#nextAt) {
      this.#nextAt = at + PERIOD_MS
      // All launchers hold the same.
      const slot = Object.keys(views).find((name) => isAvailable(views[name]))
      if (slot !== undefined) await this.#ask(slot, views, at)
    }
    return unreadListeners(this.#memory, at)
  }

  async #ask(slot: string, views: Readonly<Record<string, SlotView>>, at: number): Promise<void> {
    try {
      const held = await this.#slots.launcher(slot).list()
      this.#memory = watchQueues(this.#memory, held, views, at)
    } catch (error) {
      this.#log.warn('queues not looked at', { slot, error })
      return
    }
    this.#stuck = stuckQueues(this.#memory, at)
    for (const { address, waiting } of this.#stuck) {
      if (this.#told.has(address)) continue
      this.#log.error('queue of a listener is read by nobody', { address, waiting })
    }
    this.#told.clear()
    for (const { address } of this.#stuck) this.#told.add(address)
  }
}
