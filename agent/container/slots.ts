import type { SlotView } from '../handover/world.ts'
import { LauncherClient, LauncherUnreachable } from '../launcher/client.ts'
import type { Logger } from '../log.ts'
import { EarlyEnds } from './earlyEnds.ts'
import type { KnownOfSlot, Reading, SlotMemory } from './slotTracker.ts'
import { forgetFailures, noMemory, remember, viewOf } from './slotTracker.ts'

/** Launchers look after their sockets every 5 s. */
const SOCKETS_ARE_BACK_MS = 7000

/** The slots of one container, seen through their launchers. */
export class Slots {
  readonly launchers: ReadonlyMap<string, LauncherClient>
  readonly #memories = new Map<string, SlotMemory>()
  readonly #earlyEnds = new EarlyEnds()
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
      return this.#earlyEnds.corrected(name, await launcher.status())
    } catch (error) {
      if (error instanceof LauncherUnreachable && error.gone) {
        return at < this.#distrustUntil ? 'silent' : 'gone'
      }
      this.#log.warn('launcher gives no status', { slot: name, error })
      return 'silent'
    }
  }

  /** Tells what runs there to end; it may have ended by itself a moment ago. */
  async stop(slot: string, graceMs: number): Promise<void> {
    this.#earlyEnds.note(slot, 'lastExit', await this.launcher(slot).stop(graceMs))
  }

  /** The same for what was set aside. */
  async stopAside(slot: string, graceMs: number): Promise<void> {
    this.#earlyEnds.note(slot, 'lastAside', await this.launcher(slot).stopAside(graceMs))
  }

  async start(slot: string): Promise<void> {
    this.#earlyEnds.forget(slot, 'lastExit')
    await this.launcher(slot).start()
  }

  /** Sets aside what runs there, and starts another one beside it. */
  async replace(slot: string): Promise<void> {
    this.#earlyEnds.forget(slot, 'lastExit')
    this.#earlyEnds.forget(slot, 'lastAside')
    await this.launcher(slot).replace()
  }

  forgetFailures(slot: string): void {
    this.#memories.set(slot, forgetFailures(this.#memories.get(slot) ?? noMemory))
  }
}
