import type { State } from '../handover/state.ts'
import type { HandoverStore } from '../handover/store.ts'
import { StateNotWritten } from '../handover/store.ts'
import type { Logger } from '../log.ts'

/**
 * The state on disk, when the disk fails: the volume is full, or somebody has emptied it. What may
 * wait does (handover/needsDisk.ts); what may not goes on in memory, and is written when there is
 * room again.
 */
export class Disk {
  readonly #store: HandoverStore
  readonly #log: Logger
  #blocked: string | null = null

  constructor(store: HandoverStore, log: Logger) {
    this.#store = store
    this.#log = log
  }

  /** Why nothing new is begun, a sentence; null = the disk is well. */
  get blocked(): string | null {
    return this.#blocked
  }

  /** Whether the state is on disk now. */
  write(state: State): boolean {
    try {
      this.#store.write(state)
    } catch (error) {
      this.#failed(error)
      return false
    }
    if (this.#blocked !== null) this.#log.info('state is written again')
    this.#blocked = null
    return true
  }

  /** Does something that writes there. Whether it came about; it is asked for again if not. */
  async attempt(action: () => Promise<void>): Promise<boolean> {
    try {
      await action()
      return true
    } catch (error) {
      if (!(error instanceof StateNotWritten)) throw error
      this.#failed(error)
      return false
    }
  }

  /**
   * Puts back what is missing: after a failure, and when somebody has removed it.
   * @returns whether it had been removed
   */
  repair(state: State): boolean {
    const removed = state.phase !== 'Unassigned' && !this.#store.has()
    if (removed && this.#blocked === null) this.#log.warn('state was removed, written again')
    if (removed || this.#blocked !== null) this.write(state)
    return removed
  }

  #failed(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error)
    if (this.#blocked === null) {
      this.#log.error('state cannot be written, nothing new is begun', { error: message })
    }
    this.#blocked = `Nothing new is begun until it can be written: ${message}.`
  }
}
