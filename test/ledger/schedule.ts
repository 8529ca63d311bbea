/** One steady series of events. */
export interface Beat {
  readonly perSecond: number
  /** Called once for every due time, in order, however late. `number` counts from 0. */
  readonly fire: (number: number, dueMs: number) => void
}

interface Series extends Beat {
  readonly offsetMs: number
  count: number
}

/** node's timers have no finer grain. */
const grainMs = 1

/**
 * Fires events at fixed times that depend on nothing but the start, never on how earlier ones
 * went: what makes the load open-loop.
 */
export class Schedule {
  readonly #series: readonly Series[]
  readonly #now: () => number
  #timer: NodeJS.Timeout | undefined
  #immediate: NodeJS.Immediate | undefined

  /** `now`: milliseconds, monotonic; beats begin at its 0. */
  constructor(beats: readonly Beat[], now: () => number) {
    this.#now = now
    this.#series = beats
      .filter((beat) => beat.perSecond > 0)
      .map((beat, index, all) => ({
        ...beat,
        // Spread, so that series of equal rate do not fire together.
        offsetMs: ((index + 1) / (all.length + 1)) * Math.min(1000, 1000 / beat.perSecond),
        count: 0,
      }))
  }

  start(): void {
    this.#arm()
  }

  stop(): void {
    clearTimeout(this.#timer)
    clearImmediate(this.#immediate)
    this.#timer = undefined
    this.#immediate = undefined
  }

  #arm(): void {
    const next = Math.min(...this.#series.map(dueMs))
    if (next === Infinity) return
    // Timer, then immediate: between the two node polls its sockets, so an EOF that has arrived
    // is known before a request is sent into it.
    this.#timer = setTimeout(
      () => {
        this.#immediate = setImmediate(() => {
          this.#run()
          if (this.#immediate !== undefined) this.#arm()
        })
      },
      Math.max(grainMs, next - this.#now()),
    )
  }

  #run(): void {
    const now = this.#now()
    for (const series of this.#series) {
      for (let due = dueMs(series); due <= now; due = dueMs(series)) {
        const number = series.count
        series.count += 1
        series.fire(number, due)
        // What it fires may stop it, also in the middle of what a stall left due.
        if (this.#immediate === undefined) return
      }
    }
  }
}

function dueMs(series: Series): number {
  return series.offsetMs + (series.count * 1000) / series.perSecond
}
