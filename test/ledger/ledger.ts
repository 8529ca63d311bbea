import type { Entry } from './entry.ts'
import { LedgerError } from './error.ts'
import { Journal } from './journal.ts'
import { kinds, type Kind } from './lane.ts'
import { LaneBook } from './laneBook.ts'
import { isLoss, outcomes, type Outcome } from './outcome.ts'
import type { KindSummary, Loss, RowSummary, Timeline, WindowStart } from './summary.ts'
import { round, Tally } from './tally.ts'

const bucketMs = 100

export interface LedgerOptions {
  /** Milliseconds since the start of the load, monotonic. */
  readonly now: () => number
  /** How many losses are kept with all their details. Defaults to 200. */
  readonly maxLosses?: number
}

/**
 * Accounts for every request, in two books that must agree: tallies, kept while running, and a
 * journal with a row per request. {@link audit} compares them.
 */
export class Ledger {
  readonly journal = new Journal()
  readonly #now: () => number
  readonly #maxLosses: number
  readonly #total = new Tally()
  readonly #kinds = new Map<Kind, Tally>()
  readonly #rows = new Map<string, { readonly kind: Kind; readonly tally: Tally }>()
  readonly #windows: WindowStart[] = []
  readonly #open = new Set<Entry>()
  readonly #losses: Loss[] = []
  #settled: (() => void)[] = []
  readonly #okByBucket: number[] = []
  readonly #lostByBucket: number[] = []

  constructor(options: LedgerOptions) {
    this.#now = options.now
    this.#maxLosses = options.maxLosses ?? 200
  }

  /** The book of one lane; its row appears in the summary even before its first request. */
  lane(kind: Kind, label: string = kind): LaneBook {
    const ofKind = this.#kinds.get(kind) ?? new Tally()
    this.#kinds.set(kind, ofKind)
    const row = this.#rows.get(label) ?? { kind, tally: new Tally() }
    this.#rows.set(label, row)
    return new LaneBook({
      kind,
      label,
      tallies: [row.tally, ofKind, this.#total],
      opened: (entry) => this.#open.add(entry),
      ended: (entry, outcome, detail) => {
        this.#book(entry, outcome, detail)
      },
    })
  }

  /** Begins a window: what is due from now on is counted under this name too. */
  mark(name: string): void {
    this.#windows.push({ name, fromMs: this.#now() })
  }

  get windows(): readonly WindowStart[] {
    return this.#windows.map(({ name, fromMs }) => ({ name, fromMs: round(fromMs) }))
  }

  /** No more requests will be opened: what ends later closes no gap. */
  freeze(): void {
    for (const tally of this.#tallies()) tally.freeze(this.#now())
  }

  get pending(): number {
    return this.#open.size
  }

  /** Resolves as soon as nothing is pending; at once if so already. */
  whenSettled(): Promise<void> {
    if (this.#open.size === 0) return Promise.resolve()
    return new Promise((resolve) => this.#settled.push(resolve))
  }

  /** Ends everything that is still open as abandoned. */
  abandon(): void {
    for (const entry of [...this.#open]) entry.end('abandoned')
  }

  total(elapsedMs: number): KindSummary {
    return this.#total.summary(elapsedMs)
  }

  kinds(elapsedMs: number): Partial<Record<Kind, KindSummary>> {
    const rows: Partial<Record<Kind, KindSummary>> = {}
    for (const kind of kinds) {
      const tally = this.#kinds.get(kind)
      if (tally !== undefined) rows[kind] = tally.summary(elapsedMs)
    }
    return rows
  }

  /** By label, in the order of the lanes. */
  rows(elapsedMs: number): Record<string, RowSummary> {
    return Object.fromEntries(
      [...this.#rows].map(([label, { kind, tally }]) => [
        label,
        { kind, ...tally.summary(elapsedMs) },
      ]),
    )
  }

  get losses(): readonly Loss[] {
    return [...this.#losses]
  }

  timeline(): Timeline {
    const length = Math.max(this.#okByBucket.length, this.#lostByBucket.length)
    const column = (counts: readonly number[]) => Array.from({ length }, (_, at) => counts[at] ?? 0)
    return { bucketMs, ok: column(this.#okByBucket), lost: column(this.#lostByBucket) }
  }

  /** Throws LEDGER_UNBALANCED unless every request that was sent is accounted for exactly once. */
  audit(): void {
    const check = (what: string, left: number, right: number) => {
      if (left === right) return
      throw new LedgerError(
        'LEDGER_UNBALANCED',
        `${what}: ${left} is not ${right}; this is a fault of the ledger, its numbers are void`,
      )
    }
    check('sent = ended + pending', this.#total.sent, this.#total.allEnded + this.#open.size)
    check('journal rows = ended', this.journal.length, this.#total.allEnded)
    const books = {
      kinds: [...this.#kinds.values()],
      labels: [...this.#rows.values()].map((row) => row.tally),
    }
    const rows = this.journal.count()
    for (const outcome of outcomes) {
      const total = this.#total.count(outcome)
      check(`journal ${outcome}`, rows.get(outcome) ?? 0, total)
      for (const [name, tallies] of Object.entries(books)) {
        check(`${name} ${outcome}`, sum(tallies.map((tally) => tally.count(outcome))), total)
      }
    }
    for (const [name, tallies] of Object.entries(books)) {
      check(`${name} sent`, sum(tallies.map((tally) => tally.sent)), this.#total.sent)
    }
    const timeline = this.timeline()
    const counted = sum(timeline.ok) + sum(timeline.lost) + this.#total.count('abandoned')
    check('time line = ended', counted, this.#total.allEnded)
  }

  #book(entry: Entry, outcome: Outcome, detail: string): void {
    const { book, dueMs, connectMs } = entry
    const endedMs = this.#now()
    const latencyMs = Math.max(0, endedMs - dueMs)
    const window = this.#windows.findLast(({ fromMs }) => fromMs <= dueMs)?.name
    this.#open.delete(entry)
    this.journal.add({ kind: book.kind, label: book.label, outcome, dueMs, latencyMs, connectMs })
    for (const tally of book.tallies) {
      if (connectMs !== undefined) tally.connected(connectMs)
      tally.ended(outcome, latencyMs, endedMs, window)
    }
    if (this.#open.size === 0) {
      for (const resolve of this.#settled) resolve()
      this.#settled = []
    }
    const bucket = Math.max(0, Math.floor(dueMs / bucketMs))
    if (outcome === 'ok') this.#okByBucket[bucket] = (this.#okByBucket[bucket] ?? 0) + 1
    if (!isLoss(outcome)) return
    this.#lostByBucket[bucket] = (this.#lostByBucket[bucket] ?? 0) + 1
    if (this.#losses.length < this.#maxLosses) {
      this.#losses.push({
        kind: book.kind,
        label: book.label,
        cause: outcome,
        detail,
        dueMs: round(dueMs),
        endedMs: round(endedMs),
        client: entry.client,
        connectionAgeMs: round(entry.connectionAgeMs),
        requestNumber: entry.requestNumber,
        target: entry.target,
      })
    }
  }

  #tallies(): readonly Tally[] {
    return [this.#total, ...this.#kinds.values(), ...[...this.#rows.values()].map((r) => r.tally)]
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
