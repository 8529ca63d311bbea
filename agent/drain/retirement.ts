import { limits } from '../handover/limits.ts'
import type { LauncherClient } from '../launcher/client.ts'
import type { LauncherStatus } from '../launcher/protocol.ts'
import type { Logger } from '../log.ts'
import type { Drain, DrainDriver } from './driver.ts'

export interface RetirementOptions {
  readonly slot: string
  readonly drain: Drain
  /** It is stopped after so long, whatever it still has. */
  readonly limitSeconds: number
  readonly driver: DrainDriver
  readonly launcher: LauncherClient
  readonly log: Logger
  /** Connections that were still there when it was stopped. */
  readonly onCut: (connections: number) => void
}

/** A process that cannot be told to drain for so long is stopped without. */
const BEGIN_DEADLINE_MS = 5000

/**
 * The end of a process that took connections (whoever listens, accepts) but is not the one that
 * serves: an aborted new version, a stray, the last one at the pod's end. Its state is in memory
 * only: after a restart of the agent the process is seen again and retired anew.
 */
export class Retirement {
  readonly #options: RetirementOptions
  #since: number | null = null
  #begun = false
  #stopped = false
  #quiet = 0

  constructor(options: RetirementOptions) {
    this.#options = options
  }

  get slot(): string {
    return this.#options.slot
  }

  /**
   * Does what is due; to be called about four times a second.
   * @param status of the slot's launcher, null = it is silent
   * @returns whether the process is gone
   */
  async advance(at: number, status: LauncherStatus | null): Promise<boolean> {
    const { slot, drain, limitSeconds, driver, log } = this.#options
    if (status === null) return false
    if (status.pid === 0 && !status.want) return true
    // One that never listened has nothing to lose; one that keeps exiting is kept from it.
    if (status.pid === 0 || status.listening.length === 0) {
      await this.#stop(0)
      return false
    }
    if (this.#stopped) return false
    this.#since ??= at
    const elapsedMs = at - this.#since
    if (!this.#begun && elapsedMs < BEGIN_DEADLINE_MS) {
      log.info('slot is retired', { slot, limitSeconds })
      await driver.begin(slot, drain, limitSeconds)
      this.#begun = true
    }
    const connections = this.#begun ? await driver.count(slot, drain) : null
    this.#quiet = connections === 0 ? this.#quiet + 1 : 0
    const over = !this.#begun || elapsedMs >= limitSeconds * 1000
    if (over || this.#quiet >= limits.quietReadings) await this.#stop(connections ?? 0)
    return false
  }

  async #stop(cut: number): Promise<void> {
    await this.#options.launcher.stop(limits.stopGraceMs)
    this.#stopped = true
    if (cut === 0) return
    this.#options.log.warn('connections cut', { slot: this.slot, connections: cut })
    this.#options.onCut(cut)
  }
}
