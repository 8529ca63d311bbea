import type { CutReason } from '../../api/reasons.ts'
import type { Connections } from '../drain/connections.ts'
import { fitted } from '../drain/connections.ts'
import type { Cut } from '../drain/retirement.ts'
import { cutAt, endReason } from '../handover/accounting.ts'
import type { ProcessId, State } from '../handover/state.ts'
import type { SlotView } from '../handover/world.ts'
import type { Logger } from '../log.ts'
import { isOnRecord, watchEnd } from './ends.ts'

export interface EndWatchOptions {
  readonly log: Logger
  /** Why the process in a slot was stopped; null = it was not, or a record says so. */
  readonly reasonOf: (slot: string) => CutReason | null
  /** The last count of the process in a slot, also after its end. */
  readonly seen: (slot: string) => Connections | null
  readonly onCut: (cut: Cut) => void
}

/**
 * Counts what is cut by ends that no handover and no retirement accounts for: crashes, containers
 * that die, restarts for want of life. What ends while the agent is away is not seen.
 */
export class EndWatch {
  readonly #options: EndWatchOptions
  readonly #running = new Map<string, ProcessId | null>()

  constructor(options: EndWatchOptions) {
    this.#options = options
  }

  look(state: State, slots: Readonly<Record<string, SlotView>>): void {
    for (const [slot, view] of Object.entries(slots)) {
      const { now, ended } = watchEnd(this.#running.get(slot) ?? null, view)
      this.#running.set(slot, now)
      if (ended === null || view.retiring || isOnRecord(state, slot, ended.process)) continue
      const { log, reasonOf, seen, onCut } = this.#options
      const ordered = reasonOf(slot)
      const last = seen(slot)
      const total = cutAt(ended.end, ordered !== null) ?? last?.total ?? 0
      if (total === 0) continue
      const reason = ordered ?? endReason(ended.end)
      log.warn('connections cut', { slot, connections: total, reason })
      onCut({ total, byProtocol: fitted(total, last?.byProtocol ?? {})?.byProtocol ?? {}, reason })
    }
  }
}
