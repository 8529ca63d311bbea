import type { Client } from './client.ts'
import { Dialer } from './dialer.ts'
import { Histogram } from './histogram.ts'
import { laneDurationMs, laneLabel, lanePerSecond, type KeptLane, type Lane } from './lane.ts'
import type { LaneBook } from './laneBook.ts'
import { Ledger } from './ledger.ts'
import { Loop } from './loop.ts'
import { makeClient, makeDialers } from './makeClient.ts'
import type { GeneratorOptions } from './options.ts'
import { Schedule, type Beat } from './schedule.ts'
import type { Summary } from './summary.ts'
import { round } from './tally.ts'
import { formatTarget } from './target.ts'

const defaultTimeoutMs = 8000
const defaultMaxPending = 5000
/** How long peers may take to close connections after the load; never longer than the deadline. */
const peerCloseMs = 1000

/**
 * The load itself, in this process. Use `startLoad` where the process has other work to do: a
 * busy event loop would make requests late and read as latency.
 */
export class Generator {
  readonly #ledger: Ledger
  readonly #schedule: Schedule
  readonly #loops: readonly Loop[]
  readonly #clients: readonly Client[]
  readonly #dialers: readonly Dialer[]
  readonly #late = new Histogram()
  readonly #longestMs: number
  readonly #maxPending: number
  readonly #now: () => number
  #startedAt = new Date()
  #cpu = process.cpuUsage()
  #zero = performance.now()
  #stoppedMs: number | undefined

  constructor(options: GeneratorOptions) {
    this.#now = () => performance.now() - this.#zero
    const { targets, lanes } = options
    const { maxLosses, maxPending = defaultMaxPending, timeoutMs = defaultTimeoutMs } = options
    const ledger = new Ledger({
      now: this.#now,
      ...(maxLosses === undefined ? {} : { maxLosses }),
    })
    const dialers = makeDialers(
      targets,
      (to) =>
        new Dialer({
          targets: to,
          localAddresses: options.localAddresses ?? [],
          now: this.#now,
        }),
    )
    const [first] = targets.http
    const authority = options.authority ?? (first === undefined ? 'ledger' : formatTarget(first))
    this.#dialers = Object.values(dialers)
    this.#ledger = ledger
    this.#maxPending = maxPending
    this.#longestMs = timeoutMs + Math.max(0, ...lanes.map(laneDurationMs))
    const made = lanes.map((lane) => {
      const book = ledger.lane(lane.kind, laneLabel(lane))
      const client = makeClient(lane, dialers, { book, timeoutMs, authority, now: this.#now })
      return { lane, book, client }
    })
    this.#clients = made.map(({ client }) => client)
    this.#schedule = new Schedule(
      made.flatMap(({ lane, book, client }) =>
        isLoop(lane) ? [] : [this.#beat(lane, book, client)],
      ),
      this.#now,
    )
    this.#loops = made.flatMap(({ lane, book, client }) =>
      isLoop(lane) ? [this.#loop(lane.connections, lanePerSecond(lane), book, client)] : [],
    )
  }

  /** Begins to send; this is time 0 of everything. Once only. */
  start(): void {
    this.#startedAt = new Date()
    this.#cpu = process.cpuUsage()
    this.#zero = performance.now()
    this.#schedule.start()
    for (const loop of this.#loops) loop.start()
  }

  /** Begins a window of this name, see {@link Summary.windows}. */
  mark(name: string): void {
    this.#ledger.mark(name)
  }

  /** The numbers so far. Throws LEDGER_UNBALANCED if they do not add up. */
  snapshot(): Summary {
    this.#ledger.audit()
    const elapsedMs = this.#stoppedMs ?? this.#now()
    const cpu = process.cpuUsage(this.#cpu)
    return {
      startedAt: this.#startedAt.toISOString(),
      elapsedMs: round(elapsedMs),
      running: this.#stoppedMs === undefined,
      total: this.#ledger.total(elapsedMs),
      kinds: this.#ledger.kinds(elapsedMs),
      rows: this.#ledger.rows(elapsedMs),
      windows: this.#ledger.windows,
      timeline: this.#ledger.timeline(),
      losses: this.#ledger.losses,
      generator: {
        cpuShare: round((cpu.user + cpu.system) / 1000 / this.#now()),
        lateMs: { p99: round(this.#late.percentileMs(0.99)), max: round(this.#late.maxMs) },
      },
    }
  }

  /**
   * Starts no more requests and waits for those pending, at most `deadlineMs`; what is left then
   * is abandoned. By default the deadline is later than every request's own limit.
   */
  async stop(deadlineMs = this.#longestMs + 1000): Promise<Summary> {
    this.#schedule.stop()
    for (const loop of this.#loops) loop.stop()
    if (this.#stoppedMs === undefined) this.#ledger.freeze()
    this.#stoppedMs ??= this.#now()
    for (const client of this.#clients) client.closeIdle()
    let timer: NodeJS.Timeout | undefined
    const deadline = new Promise<void>((resolve) => (timer = setTimeout(resolve, deadlineMs)))
    await Promise.race([this.#ledger.whenSettled(), deadline])
    clearTimeout(timer)
    this.#ledger.abandon()
    for (const client of this.#clients) client.closeIdle()
    await Promise.all(
      this.#dialers.map((dialer) => dialer.close(Math.min(peerCloseMs, deadlineMs))),
    )
    return this.snapshot()
  }

  #beat(lane: Lane, book: LaneBook, client: Client): Beat {
    return {
      perSecond: lanePerSecond(lane),
      fire: (number, dueMs) => {
        this.#late.add(this.#now() - dueMs)
        if (this.#ledger.pending >= this.#maxPending) book.skip()
        else client.send(number, dueMs)
      },
    }
  }

  #loop(connections: number, perSecond: number, book: LaneBook, client: Client): Loop {
    const loop = new Loop({
      connections,
      perSecond,
      send: (number, dueMs) => {
        client.send(number, dueMs)
      },
      now: this.#now,
    })
    book.onEnd = (of, outcome) => {
      loop.ended(of, outcome)
    }
    return loop
  }
}

function isLoop(lane: Lane): lane is KeptLane {
  return 'gapMs' in lane && lane.gapMs === 0
}
