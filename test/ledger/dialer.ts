import { connect, type NetConnectOpts, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Connection } from './connection.ts'
import type { Target } from './target.ts'

const closePollMs = 5

export interface DialerOptions {
  /** At least one; used in turn, one per connection. */
  readonly targets: readonly Target[]
  /** Source addresses, used in turn. Empty = the kernel chooses. */
  readonly localAddresses: readonly string[]
  readonly now: () => number
}

/** Opens connections, spread evenly over targets and source addresses. */
export class Dialer {
  readonly #options: DialerOptions
  readonly #open = new Set<Socket>()
  #count = 0

  constructor(options: DialerOptions) {
    this.#options = options
  }

  dial(): Connection {
    const { target, options } = this.#route()
    const connection = new Connection(target, options, this.#options.now)
    this.#track(connection.socket)
    return connection
  }

  /** A plain socket, for protocols that have a library to read it. */
  socket(): { readonly target: Target; readonly socket: Socket } {
    const { target, options } = this.#route()
    const socket = connect(options)
    this.#track(socket)
    return { target, socket }
  }

  /** Waits, at most `limitMs`, until peers have closed what is being closed; then closes the rest. */
  async close(limitMs: number): Promise<void> {
    const end = performance.now() + limitMs
    while (this.#open.size > 0 && performance.now() < end) {
      await sleep(closePollMs)
    }
    for (const socket of [...this.#open]) socket.destroy()
  }

  #route(): { readonly target: Target; readonly options: NetConnectOpts } {
    const { targets, localAddresses } = this.#options
    const target = targets[this.#count % targets.length]
    if (target === undefined) throw new RangeError('a dialer needs a target')
    // The address advances once per round of targets, so that every pair of both occurs.
    const round = Math.floor(this.#count / targets.length)
    const localAddress = localAddresses[round % localAddresses.length]
    this.#count += 1
    const options = {
      host: target.host,
      port: target.port,
      noDelay: true,
      autoSelectFamily: false,
      ...(localAddress === undefined ? {} : { localAddress }),
    }
    return { target, options }
  }

  #track(socket: Socket): void {
    this.#open.add(socket)
    socket.once('close', () => this.#open.delete(socket))
  }
}
