import type { CutReason } from '../../api/reasons.ts'
import { cutAt, endReason } from '../handover/accounting.ts'
import type { ProcessEnd } from '../handover/events.ts'
import { limits } from '../handover/limits.ts'
import type { LauncherClient } from '../launcher/client.ts'
import type { LauncherStatus } from '../launcher/protocol.ts'
import type { Logger } from '../log.ts'
import type { Connections } from './connections.ts'
import { fitted } from './connections.ts'
import type { Drain, DrainDriver } from './driver.ts'
import type { DrainTarget } from './process.ts'

/** Connections that were cut, and why. */
export interface Cut extends Connections {
  readonly reason: CutReason
}

export interface RetirementOptions {
  /** One that is set aside was told to drain before. */
  readonly target: DrainTarget
  readonly drain: Drain
  /** It is stopped after so long, whatever it still has. */
  readonly limitSeconds: number
  readonly driver: DrainDriver
  readonly launcher: LauncherClient
  readonly log: Logger
  /** Of what is cut when it is stopped. */
  readonly reason: CutReason
  readonly onCut: (cut: Cut) => void
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
  /** It was gone when it was to be told: what was open when its drain began was not cut. */
  #early = false
  #quiet = 0
  #last: Connections | null = null

  constructor(options: RetirementOptions) {
    this.#options = options
    this.#begun = options.target.aside
  }

  get slot(): string {
    return this.#options.target.slot
  }

  /**
   * Does what is due; to be called about four times a second.
   * @param status of the slot's launcher, null = it is silent
   * @returns whether the process is gone
   */
  async advance(at: number, status: LauncherStatus | null): Promise<boolean> {
    const { target, drain, limitSeconds, driver, log } = this.#options
    if (status === null) return false
    if (isGone(status, target)) {
      this.#account(target.aside ? status.lastAside : status.lastExit)
      return true
    }
    // One that never listened has nothing to lose; one that keeps exiting is kept from it.
    if (!target.aside && (status.pid === 0 || status.listening.length === 0)) {
      await this.#stop()
      return false
    }
    if (this.#stopped) return false
    this.#since ??= at
    const elapsedMs = at - this.#since
    if (!this.#begun && elapsedMs < BEGIN_DEADLINE_MS) {
      log.info('slot is retired', { ...target, limitSeconds })
      await driver.begin(target, drain, limitSeconds)
      this.#begun = true
    }
    const counted = this.#begun ? await driver.count(target, drain) : null
    this.#last = counted ?? this.#last
    this.#quiet = counted?.total === 0 ? this.#quiet + 1 : 0
    const over = !this.#begun || elapsedMs >= limitSeconds * 1000
    if (over || this.#quiet >= limits.quietReadings) await this.#stop()
    return false
  }

  /** The slot's launcher has gone, and the process with it. */
  lose(): void {
    this.#account(null)
  }

  async #stop(): Promise<void> {
    const { launcher, target } = this.#options
    const wasGone = target.aside
      ? (await launcher.stopAside(limits.stopGraceMs)).aside === null
      : (await launcher.stop(limits.stopGraceMs)).pid === 0
    if (!this.#stopped) this.#early = wasGone
    this.#stopped = true
  }

  #account(end: ProcessEnd): void {
    const { target, log, reason, onCut } = this.#options
    // Nobody ever asked it for anything: it was gone at the first look.
    if (!this.#begun && !this.#stopped) return
    const total = cutAt(end, this.#stopped && !this.#early) ?? this.#last?.total ?? 0
    if (total === 0) return
    const why = this.#stopped ? reason : endReason(end)
    const byProtocol = fitted(total, this.#last?.byProtocol ?? {})?.byProtocol ?? {}
    log.warn('connections cut', { ...target, connections: total, reason: why })
    onCut({ total, byProtocol, reason: why })
  }
}

function isGone(status: LauncherStatus, { aside }: DrainTarget): boolean {
  return aside ? status.aside === null : status.pid === 0 && !status.want
}
