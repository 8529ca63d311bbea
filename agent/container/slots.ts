import type { SlotView } from '../handover/world.ts'
import { LauncherClient, LauncherUnreachable } from '../launcher/client.ts'
import type { Logger } from '../log.ts'
import type { KnownOfSlot, Reading, SlotMemory } from './slotTracker.ts'
import { forgetFailures, noMemory, remember, viewOf } from './slotTracker.ts'

/** Launchers look after their sockets every 5 s. */
const SOCKETS_ARE_BACK_MS = 7000

/** The slots of one container, seen through their launchers. */
export class Slots {
  readonly launchers: ReadonlyMap<string, LauncherClient>
  readonly #memories = new Map<string, SlotMemory>()
  readonly #log: Logger
  #distrustUntil = -Infinity

  /** @param directory run directory of the container, with the control sockets */
  constructor(names: readonly string[], directory: string, log: Logger) {
    this.#log = log
    this.launchers = new Map(
      names.map((name) => [name, new LauncherClient(`${directory}/${name}.sock`)]),
    )
  }

  get names(): readonly string[] {
    return [...this.launchers.keys()]
  }

  /** Errors: an unknown slot, which the parser of orders has excluded. */
  launcher(slot: string): LauncherClient {
    const launcher = this.launchers.get(slot)
    if (launcher === undefined) throw new Error(`no slot ${slot}`)
    return launcher
  }

  /**
   * Somebody has removed files of the run directory, and so perhaps the control sockets: until the
   * launchers have made theirs again, who is not to be reached is not gone.
   */
  distrust(at: number): void {
    this.#distrustUntil = at + SOCKETS_ARE_BACK_MS
  }

  /** Asks all launchers at once. */
  async look(
    at: number,
    known: (slot: string) => KnownOfSlot,
  ): Promise<Readonly<Record<string, SlotView>>> {
    const entries = [...this.launchers].map(
      async ([name, launcher]): Promise<readonly [string, SlotView]> => {
        const reading = await this.#read(name, launcher, at)
        const memory = remember(this.#memories.get(name) ?? noMemory, reading, at)
        this.#memories.set(name, memory)
        return [name, viewOf(memory, reading, known(name), at)]
      },
    )
    return Object.fromEntries(await Promise.all(entries))
  }

  async #read(name: string, launcher: LauncherClient, at: number): Promise<Reading> {
    try {
      return await launcher.status()
    } catch (error) {
      if (error instanceof LauncherUnreachable && error.gone) {
        return at < this.#distrustUntil ? 'silent' : 'gone'
      }
      this.#log.warn('launcher gives no status', { slot: name, error })
      return 'silent'
    }
  }

  forgetFailures(slot: string): void {
    this.#memories.set(slot, forgetFailures(this.#memories.get(slot) ?? noMemory))
  }
}
