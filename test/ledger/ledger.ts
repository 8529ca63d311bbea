import { LedgerError } from './error.ts'
import { Journal } from './journal.ts'
import { kinds, type Kind } from './lane.ts'
import { isLoss, outcomes, type Outcome } from './outcome.ts'
import type { KindSummary, Loss, Timeline } from './summary.ts'
import { round, Tally } from './tally.ts'

const bucketMs = 100

/**
 * One request from its scheduled time to its outcome. Clients fill in what they know of the
 * connection and call `end` once; later calls are ignored, the first outcome stands.
 */
export class Entry {
  connectionAgeMs = 0
  requestNumber = 0
  target = ''
  connectMs: number | undefined
  #ended = false
  readonly #ledger: Ledger
  readonly kind: Kind
  readonly client: number
  readonly dueMs: number

  constructor(ledger: Ledger, kind: Kind, client: number, dueMs: number) {
    this.#ledger = ledger
    this.kind = kind
    this.client = client
    this.dueMs = dueMs
  }

  get ended(): boolean {
    return this.#ended
  }

  /** Books the outcome. False when the entry had ended before. */
  end(outcome: Outcome, detail = ''): boolean {
    if (this.#ended) return false
    this.#ended = true
    this.#ledger.book(this, outcome, detail)
    return true
  }
}

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
  readonly #tallies = new Map<Kind, Tally>()
  readonly #open = new Set<Entry>()
  readonly #losses: Loss[] = []
  #settled: (() => void)[] = []
  readonly #okByBucket: number[] = []
  readonly #lostByBucket: number[] = []

  constructor(options: LedgerOptions) {
    this.#now = options.now
    this.#maxLosses = options.maxLosses ?? 200
  }

  /** Makes the kind appear in the summary even before its first request. */
  declare(kind: Kind): void {
    this.#tally(kind)
  }

  /** A request that starts now and was due at `dueMs`. */
  open(kind: Kind, client: number, dueMs: number): Entry {
    const entry = new Entry(this, kind, client, dueMs)
    this.#open.add(entry)
    this.#each(kind, (tally) => (tally.sent += 1))
    return entry
  }

  /** A request that was due and was not started. */
  skip(kind: Kind): void {
    this.#each(kind, (tally) => (tally.skipped += 1))
  }

  dialled(kind: Kind): void {
    this.#each(kind, (tally) => (tally.connections += 1))
  }

  idleClose(kind: Kind): void {
    this.#each(kind, (tally) => (tally.idleCloses += 1))
  }

  /** No more requests will be opened: what ends later closes no gap. */
  freeze(): void {
    for (const tally of [this.#total, ...this.#tallies.values()]) tally.freeze(this.#now())
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

  /** Called by {@link Entry.end} alone. */
  book(entry: Entry, outcome: Outcome, detail: string): void {
    const endedMs = this.#now()
    const latencyMs = Math.max(0, endedMs - entry.dueMs)
    this.#open.delete(entry)
    this.journal.add({
      kind: entry.kind,
      outcome,
      dueMs: entry.dueMs,
      latencyMs,
      connectMs: entry.connectMs,
    })
    this.#each(entry.kind, (tally) => {
      if (entry.connectMs !== undefined) tally.connected(entry.connectMs)
      tally.ended(outcome, latencyMs, endedMs)
    })
    if (this.#open.size === 0) {
      for (const resolve of this.#settled) resolve()
      this.#settled = []
    }
    const bucket = Math.max(0, Math.floor(entry.dueMs / bucketMs))
    if (outcome === 'ok') this.#okByBucket[bucket] = (this.#okByBucket[bucket] ?? 0) + 1
    if (!isLoss(outcome)) return
    this.#lostByBucket[bucket] = (this.#lostByBucket[bucket] ?? 0) + 1
    if (this.#losses.length < this.#maxLosses) {
      this.#losses.push({
        kind: entry.kind,
        cause: outcome,
        detail,
        dueMs: round(entry.dueMs),
        endedMs: round(endedMs),
        client: entry.client,
        connectionAgeMs: round(entry.connectionAgeMs),
        requestNumber: entry.requestNumber,
        target: entry.target,
      })
    }
  }

  total(elapsedMs: number): KindSummary {
    return this.#total.summary(elapsedMs)
  }

  kinds(elapsedMs: number): Partial<Record<Kind, KindSummary>> {
    const rows: Partial<Record<Kind, KindSummary>> = {}
    for (const kind of kinds) {
      const tally = this.#tallies.get(kind)
      if (tally !== undefined) rows[kind] = tally.summary(elapsedMs)
    }
    return rows
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
    const tallies = [...this.#tallies.values()]
    const rows = this.journal.count()
    for (const outcome of outcomes) {
      const total = this.#total.count(outcome)
      check(`journal ${outcome}`, rows.get(outcome) ?? 0, total)
      check(`kinds ${outcome}`, sum(tallies.map((tally) => tally.count(outcome))), total)
    }
    check('kinds sent', sum(tallies.map((tally) => tally.sent)), this.#total.sent)
    const timeline = this.timeline()
    const counted = sum(timeline.ok) + sum(timeline.lost) + this.#total.count('abandoned')
    check('time line = ended', counted, this.#total.allEnded)
  }

  #tally(kind: Kind): Tally {
    let tally = this.#tallies.get(kind)
    if (tally === undefined) this.#tallies.set(kind, (tally = new Tally()))
    return tally
  }

  #each(kind: Kind, change: (tally: Tally) => void): void {
    change(this.#tally(kind))
    change(this.#total)
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
