import { crc32 } from 'node:zlib'
import type { Client, ClientOptions } from './client.ts'
import { outcomeOfEnd, type Connection } from './connection.ts'
import type { Entry } from './entry.ts'
import { connectionLifeMs, type KeptLane } from './lane.ts'
import type { Outcome } from './outcome.ts'

const blockBytes = 256

/**
 * Raw TCP echo: each client sends a block of 256 bytes per request on its one connection and wants
 * it back. A hash runs over all bytes of the connection, so loss, doubling and reordering anywhere
 * in the stream are found.
 *
 * A byte stream has no idle state in which it may be closed: a connection that ends between two
 * requests is booked at once as one lost request of its own, a `connectionCut`.
 */
export function tcpClient(options: ClientOptions, lane: KeptLane): Client {
  const { book, dialer, timeoutMs, now } = options
  const streams = new Map<number, EchoStream>()

  const open = (client: number) => {
    book.dialled()
    const stream = new EchoStream({
      connection: dialer.dial(),
      timeoutMs,
      cutWhileIdle: () => book.open(client, now()),
    })
    streams.set(client, stream)
    return stream
  }

  return {
    send: (number, dueMs) => {
      const client = number % lane.connections
      const known = streams.get(client)
      if (known !== undefined && known.ageMs >= connectionLifeMs(lane, client)) known.closeIfIdle()
      const stream = known === undefined || known.broken ? open(client) : known
      stream.send(book.open(client, dueMs))
    },
    closeIdle: () => {
      for (const stream of streams.values()) stream.closeIfIdle()
    },
  }
}

interface EchoStreamOptions {
  readonly connection: Connection
  readonly timeoutMs: number
  readonly cutWhileIdle: () => Entry
}

interface Block {
  readonly entry: Entry
  /** The hash of everything sent up to this block's end. */
  readonly hash: number
  readonly timer: NodeJS.Timeout
}

class EchoStream {
  broken = false
  readonly #options: EchoStreamOptions
  readonly #blocks: Block[] = []
  #unsent: Uint8Array[] = []
  #sentHash = 0
  #receivedHash = 0
  #receivedOfBlock = 0

  constructor(options: EchoStreamOptions) {
    this.#options = options
    const { connection } = options
    connection.handler = {
      opened: () => {
        for (const block of this.#unsent) connection.write(block)
        this.#unsent = []
        const first = this.#blocks[0]
        if (first !== undefined) first.entry.connectMs = connection.connectMs
      },
      data: (bytes) => {
        this.#receive(bytes)
      },
      ended: (end) => {
        if (this.#blocks.length === 0) {
          const entry = options.cutWhileIdle()
          this.#describe(entry)
          entry.end('connectionCut', `${end.code} between two requests`)
        }
        this.#fail(outcomeOfEnd(end), end.code)
      },
    }
  }

  get ageMs(): number {
    return this.#options.connection.ageMs
  }

  send(entry: Entry): void {
    const { connection, timeoutMs } = this.#options
    connection.requests += 1
    this.#describe(entry)
    // Every block differs, or a doubled one would pass.
    const block = new Uint8Array(blockBytes).fill(connection.requests % 251)
    this.#sentHash = crc32(block, this.#sentHash)
    const timer = setTimeout(() => {
      this.#fail(connection.state === 'open' ? 'timeout' : 'connectTimeout', 'no echo')
    }, timeoutMs)
    this.#blocks.push({ entry, hash: this.#sentHash, timer })
    if (connection.state === 'connecting') this.#unsent.push(block)
    else connection.write(block)
  }

  closeIfIdle(): void {
    if (this.#blocks.length === 0) this.#fail('abandoned', '')
  }

  #describe(entry: Entry): void {
    const { connection } = this.#options
    entry.target = connection.target
    entry.requestNumber = connection.requests
    entry.connectionAgeMs = connection.ageMs
  }

  #receive(bytes: Buffer): void {
    let at = 0
    while (at < bytes.length && !this.broken) {
      const block = this.#blocks[0]
      if (block === undefined) {
        this.#surplus(bytes.length - at)
        return
      }
      const taken = Math.min(blockBytes - this.#receivedOfBlock, bytes.length - at)
      this.#receivedHash = crc32(bytes.subarray(at, at + taken), this.#receivedHash)
      this.#receivedOfBlock += taken
      at += taken
      if (this.#receivedOfBlock < blockBytes) return
      this.#receivedOfBlock = 0
      if (this.#receivedHash !== block.hash) {
        this.#fail('hashMismatch', 'the echo is not what was sent')
        return
      }
      this.#blocks.shift()
      clearTimeout(block.timer)
      block.entry.end('ok')
    }
  }

  #surplus(bytes: number): void {
    const entry = this.#options.cutWhileIdle()
    this.#describe(entry)
    entry.end('hashMismatch', `${bytes} bytes that were never sent`)
    this.#fail('hashMismatch', '')
  }

  /** Ends the connection and every request on it. */
  #fail(outcome: Outcome, detail: string): void {
    this.broken = true
    this.#options.connection.destroy()
    for (const [index, block] of this.#blocks.splice(0).entries()) {
      clearTimeout(block.timer)
      // Of the first one in line, part of the echo may have come.
      const cut = index === 0 && this.#receivedOfBlock > 0 && outcome !== 'timeout'
      block.entry.end(cut && outcome !== 'hashMismatch' ? 'cutInResponse' : outcome, detail)
    }
  }
}
