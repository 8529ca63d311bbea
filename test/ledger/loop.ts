import type { Outcome } from './outcome.ts'

export interface LoopOptions {
  readonly connections: number
  /** The most that all connections together may send in a second. */
  readonly perSecond: number
  readonly send: (number: number, dueMs: number) => void
  readonly now: () => number
}

interface Runner {
  state: 'waiting' | 'busy'
  count: number
  leftOfBurst: number
  burst: NodeJS.Timeout | undefined
  pause: NodeJS.Timeout | undefined
  immediate: NodeJS.Immediate | undefined
}

/** Long enough that most requests follow an answer at once, also with a low limit. */
const shortestBurst = 10
/** What a stall left unsent is made up for, so that a run has the numbers it was made for. */
const mostBursts = 10
/** A dead target answers at once; a loop without a pause would count nothing else. */
const pauseAfterLossMs = 10

/**
 * Clients without a gap: each sends its next request as soon as the answer to the last one is
 * there, in bursts, so that the limit per second holds and yet no request waits within a burst.
 *
 * This is the one load here that is not open-loop: a stall is seen by as many requests as there
 * are clients, and shows in the latency and the gap.
 */
export class Loop {
  readonly #options: LoopOptions
  readonly #burst: number
  readonly #burstMs: number
  readonly #runners: readonly Runner[]
  #stopped = false

  constructor(options: LoopOptions) {
    this.#options = options
    const perClient = options.perSecond / options.connections
    this.#burst = Math.max(shortestBurst, Math.ceil(perClient / 10))
    this.#burstMs = (this.#burst * 1000) / perClient
    this.#runners = Array.from({ length: options.connections }, () => ({
      state: 'waiting',
      count: 0,
      leftOfBurst: 0,
      burst: undefined,
      pause: undefined,
      immediate: undefined,
    }))
  }

  start(): void {
    for (const [client, runner] of this.#runners.entries()) {
      // Spread, so that the clients' bursts do not begin together.
      const offsetMs = (client / this.#runners.length) * this.#burstMs
      runner.burst = setTimeout(() => {
        this.#beginBurst(client, runner)
      }, offsetMs)
    }
  }

  stop(): void {
    this.#stopped = true
    for (const runner of this.#runners) {
      clearTimeout(runner.burst)
      clearTimeout(runner.pause)
      clearImmediate(runner.immediate)
    }
  }

  /** A request of this client has ended. */
  ended(client: number, outcome: Outcome): void {
    const runner = this.#runners[client]
    // Ends beside the loop's own requests: a connection that was cut between two of them.
    if (this.#stopped || runner?.state !== 'busy') return
    runner.state = 'waiting'
    if (runner.leftOfBurst === 0) return
    if (outcome !== 'ok') {
      runner.pause = setTimeout(() => {
        this.#send(client, runner)
      }, pauseAfterLossMs)
      return
    }
    // After the sockets have been polled: an EOF right behind the answer is known before the send.
    runner.immediate = setImmediate(() => {
      this.#send(client, runner)
    })
  }

  #beginBurst(client: number, runner: Runner): void {
    runner.burst = setTimeout(() => {
      this.#beginBurst(client, runner)
    }, this.#burstMs)
    const goesOn = runner.leftOfBurst > 0 || runner.state === 'busy'
    runner.leftOfBurst = Math.min(runner.leftOfBurst + this.#burst, mostBursts * this.#burst)
    if (!goesOn) this.#send(client, runner)
  }

  #send(client: number, runner: Runner): void {
    if (this.#stopped) return
    const { send, now, connections } = this.#options
    const number = runner.count * connections + client
    runner.count += 1
    runner.leftOfBurst -= 1
    runner.state = 'busy'
    send(number, now())
  }
}
