import { Entry } from './entry.ts'
import type { Kind } from './lane.ts'
import type { Outcome } from './outcome.ts'
import type { Tally } from './tally.ts'

/** What a lane's book needs of the ledger that it belongs to. */
export interface LaneBookOptions {
  readonly kind: Kind
  readonly label: string
  /** The lane's own row, its kind's and the total. */
  readonly tallies: readonly Tally[]
  readonly opened: (entry: Entry) => void
  readonly ended: (entry: Entry, outcome: Outcome, detail: string) => void
}

/** One lane's page of the ledger: the only way in which clients write into it. */
export class LaneBook {
  readonly kind: Kind
  readonly label: string
  readonly tallies: readonly Tally[]
  /** Hears of every end, after it is booked. */
  onEnd: ((client: number, outcome: Outcome) => void) | undefined
  readonly #options: LaneBookOptions

  constructor(options: LaneBookOptions) {
    this.#options = options
    this.kind = options.kind
    this.label = options.label
    this.tallies = options.tallies
  }

  /** A request that starts now and was due at `dueMs`. */
  open(client: number, dueMs: number): Entry {
    const entry = new Entry(this, client, dueMs)
    for (const tally of this.tallies) tally.sent += 1
    this.#options.opened(entry)
    return entry
  }

  /** A request that was due and was not started. */
  skip(): void {
    for (const tally of this.tallies) tally.skipped += 1
  }

  dialled(): void {
    for (const tally of this.tallies) tally.connections += 1
  }

  /** The peer closed a connection without a request on it. */
  idleClose(): void {
    for (const tally of this.tallies) tally.idleCloses += 1
  }

  /** The peer ended an idle connection by its protocol's own word. */
  closed(): void {
    for (const tally of this.tallies) tally.closed += 1
  }

  /** Called by {@link Entry.end} alone. */
  close(entry: Entry, outcome: Outcome, detail: string): void {
    this.#options.ended(entry, outcome, detail)
    this.onEnd?.(entry.client, outcome)
  }
}
