import { Histogram } from './histogram.ts'
import { isLoss, outcomes, type LossCause, type Outcome } from './outcome.ts'
import type { KindSummary, Latency, WindowSummary } from './summary.ts'

/** A first SYN that is dropped is sent again after 1 s; 900 ms leaves room for the clock. */
const synRetransmitMs = 900

/** Running numbers of one kind, or of all kinds. */
export class Tally {
  sent = 0
  skipped = 0
  connections = 0
  idleCloses = 0
  closed = 0
  readonly #ended = new Map<Outcome, number>()
  readonly #latency = new Histogram()
  readonly #connect = new Histogram()
  readonly #windows = new Map<string, WindowTally>()
  #suspectedSynRetransmits = 0
  #lastOkMs = 0
  #maxGapMs = 0
  #frozen = false

  connected(connectMs: number): void {
    this.#connect.add(connectMs)
    if (connectMs > synRetransmitMs) this.#suspectedSynRetransmits += 1
  }

  /** `window`: the name of the marked window in which the request was due, if any. */
  ended(outcome: Outcome, latencyMs: number, endedMs: number, window?: string): void {
    this.#ended.set(outcome, this.count(outcome) + 1)
    if (window !== undefined) this.#window(window).ended(outcome, latencyMs)
    if (outcome !== 'ok') return
    this.#latency.add(latencyMs)
    if (!this.#frozen) this.#success(endedMs)
  }

  /** Ends the measuring of gaps: from now on nothing is sent, so nothing need succeed. */
  freeze(atMs: number): void {
    this.#success(atMs)
    this.#frozen = true
  }

  count(outcome: Outcome): number {
    return this.#ended.get(outcome) ?? 0
  }

  get allEnded(): number {
    return [...this.#ended.values()].reduce((sum, count) => sum + count, 0)
  }

  #success(atMs: number): void {
    this.#maxGapMs = Math.max(this.#maxGapMs, atMs - this.#lastOkMs)
    this.#lastOkMs = atMs
  }

  /** `elapsedMs` closes the gap that is open now. */
  summary(elapsedMs: number): KindSummary {
    const lostByCause: Partial<Record<LossCause, number>> = {}
    let lost = 0
    for (const outcome of outcomes) {
      const count = this.count(outcome)
      if (!isLoss(outcome) || count === 0) continue
      lostByCause[outcome] = count
      lost += count
    }
    return {
      sent: this.sent,
      ok: this.count('ok'),
      lost,
      lostByCause,
      abandoned: this.count('abandoned'),
      pending: this.sent - this.allEnded,
      skipped: this.skipped,
      latencyMs: percentiles(this.#latency),
      connectMs: {
        p99: round(this.#connect.percentileMs(0.99)),
        max: round(this.#connect.maxMs),
      },
      suspectedSynRetransmits: this.#suspectedSynRetransmits,
      connections: this.connections,
      idleCloses: this.idleCloses,
      closed: this.closed,
      maxGapMs: round(Math.max(this.#maxGapMs, elapsedMs - this.#lastOkMs)),
      windows: Object.fromEntries(
        [...this.#windows].map(([name, window]) => [name, window.summary()]),
      ),
    }
  }

  #window(name: string): WindowTally {
    let window = this.#windows.get(name)
    if (window === undefined) this.#windows.set(name, (window = new WindowTally()))
    return window
  }
}

class WindowTally {
  readonly #latency = new Histogram()
  #lost = 0

  ended(outcome: Outcome, latencyMs: number): void {
    if (outcome === 'ok') this.#latency.add(latencyMs)
    else if (isLoss(outcome)) this.#lost += 1
  }

  summary(): WindowSummary {
    const { size } = this.#latency
    return { ok: size, lost: this.#lost, latencyMs: percentiles(this.#latency) }
  }
}

function percentiles(histogram: Histogram): Latency {
  return {
    p50: round(histogram.percentileMs(0.5)),
    p99: round(histogram.percentileMs(0.99)),
    max: round(histogram.maxMs),
  }
}

/** Hundredths of a millisecond are all that these clocks are good for. */
export function round(ms: number): number {
  return Math.round(ms * 100) / 100
}
