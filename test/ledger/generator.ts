import type { Client, ClientOptions } from './client.ts'
import { Dialer } from './dialer.ts'
import { Histogram } from './histogram.ts'
import { http2Client } from './http2.ts'
import { keepaliveClient } from './keepalive.ts'
import { lanePerSecond, type Lane } from './lane.ts'
import { Ledger } from './ledger.ts'
import type { GeneratorOptions } from './options.ts'
import { Schedule } from './schedule.ts'
import { shortClient } from './short.ts'
import { slowClient } from './slow.ts'
import { streamClient } from './stream.ts'
import type { Summary } from './summary.ts'
import { round } from './tally.ts'
import { formatTarget, type Target } from './target.ts'
import { tcpClient } from './tcp.ts'
import { uploadClient } from './upload.ts'

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
  readonly #clients: readonly Client[]
  readonly #dialers: readonly Dialer[]
  readonly #late = new Histogram()
  readonly #longestMs: number
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
    const dialer = (to: readonly Target[]) =>
      new Dialer({ targets: to, localAddresses: options.localAddresses ?? [], now: this.#now })
    const [first] = targets.http
    const shared = {
      ledger,
      timeoutMs,
      authority: options.authority ?? (first === undefined ? 'ledger' : formatTarget(first)),
      now: this.#now,
    }
    const http = { ...shared, dialer: dialer(targets.http) }
    const http2 = { ...shared, dialer: dialer(targets.http2 ?? targets.http) }
    const tcp = { ...shared, dialer: dialer(targets.tcp ?? []) }
    this.#dialers = [http.dialer, http2.dialer, tcp.dialer]
    this.#ledger = ledger
    this.#clients = lanes.map((lane) => makeClient(lane, http, http2, tcp))
    this.#longestMs = timeoutMs + Math.max(0, ...lanes.map(durationMs))
    const beats = lanes.map((lane, index) => {
      ledger.declare(lane.kind)
      return {
        perSecond: lanePerSecond(lane),
        fire: (number: number, dueMs: number) => {
          this.#late.add(this.#now() - dueMs)
          if (ledger.pending >= maxPending) ledger.skip(lane.kind)
          else this.#clients[index]?.send(number, dueMs)
        },
      }
    })
    this.#schedule = new Schedule(beats, this.#now)
  }

  /** Begins to send; this is time 0 of everything. Once only. */
  start(): void {
    this.#startedAt = new Date()
    this.#cpu = process.cpuUsage()
    this.#zero = performance.now()
    this.#schedule.start()
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
}

function makeClient(
  lane: Lane,
  http: ClientOptions,
  http2: ClientOptions,
  tcp: ClientOptions,
): Client {
  switch (lane.kind) {
    case 'short':
      return shortClient(http)
    case 'keepalive':
    case 'keepalive-idle':
      return keepaliveClient(http, lane)
    case 'http2':
    case 'http2-idle':
      return http2Client(http2, lane)
    case 'slow':
      return slowClient(http, lane)
    case 'upload':
      return uploadClient(http, lane)
    case 'stream':
      return streamClient(http, lane)
    case 'tcp':
      return tcpClient(tcp, lane)
  }
}

function durationMs(lane: Lane): number {
  return 'durationMs' in lane ? lane.durationMs : 0
}
