import {
  connect,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type OutgoingHttpHeaders,
} from 'node:http2'
import type { Socket } from 'node:net'
import { outcomeOfEnd } from './connection.ts'
import type { Entry } from './entry.ts'
import type { Verdict } from './exchange.ts'
import { formatTarget, type Target } from './target.ts'

export interface Http2LinkOptions {
  readonly socket: Socket
  readonly target: Target
  readonly authority: string
  readonly now: () => number
  /** The peer ended the connection while nothing was on it. */
  readonly idleClosed: () => void
}

/** One cleartext HTTP/2 connection with prior knowledge, and what is known of its end. */
export class Http2Link {
  readonly #options: Http2LinkOptions
  readonly #session: ClientHttp2Session
  readonly #waiting = new Set<() => void>()
  readonly #startedMs: number
  #retired = false
  #hung = false
  #openedMs: number | undefined
  #requests = 0
  #active = 0
  /** Last stream id of the latest GOAWAY. */
  #goawayLastId: number | undefined
  #endCode: string | undefined

  constructor(options: Http2LinkOptions) {
    this.#options = options
    this.#startedMs = options.now()
    const { socket } = options
    socket.once('end', () => {
      this.#ended('EOF')
    })
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.#ended(error.code ?? error.message)
    })
    this.#session = connect(`http://${options.authority}`, { createConnection: () => socket })
    this.#session.once('connect', () => {
      this.#openedMs = options.now()
      this.#flush()
    })
    this.#session.on('goaway', (_code: number, lastStreamId: number) => {
      this.#retired = true
      this.#goawayLastId = lastStreamId
    })
    this.#session.on('error', (error: NodeJS.ErrnoException) => {
      this.#ended(error.code ?? error.message)
    })
    this.#session.once('close', () => {
      this.#ended('EOF')
    })
  }

  get open(): boolean {
    return this.#openedMs !== undefined
  }

  /** True once the peer has said GOAWAY, the connection is gone, or a request timed out on it. */
  get retired(): boolean {
    return this.#retired || this.#session.closed || this.#session.destroyed
  }

  /** EOF or the code of the first error, as soon as the socket has ended. */
  get endCode(): string | undefined {
    return this.#endCode
  }

  /** Calls back when connected, or when that has failed; at once if it is decided. */
  whenDecided(callback: () => void): void {
    if (this.open || this.#endCode !== undefined) callback()
    else this.#waiting.add(callback)
  }

  forget(callback: () => void): void {
    this.#waiting.delete(callback)
  }

  /** Something is on the connection until {@link give}. */
  take(): void {
    this.#active += 1
  }

  give(): void {
    this.#active -= 1
    if (this.#hung && this.#active === 0) this.#destroy()
  }

  /** What hangs once is not used again; requests that are on it already keep their own limits. */
  hang(): void {
    this.#retired = true
    this.#hung = true
  }

  /** No new request goes to it. */
  leave(): void {
    this.#retired = true
  }

  /**
   * Opens a stream for the entry. Undefined when a session that ended a moment ago has not said so
   * yet (node throws then).
   */
  request(
    entry: Entry,
    headers: OutgoingHttpHeaders,
    endStream: boolean,
  ): ClientHttp2Stream | undefined {
    this.#requests += 1
    this.describe(entry)
    if (this.#requests === 1 && this.#openedMs !== undefined) {
      entry.connectMs = this.#openedMs - this.#startedMs
    }
    let stream: ClientHttp2Stream
    try {
      stream = this.#session.request(headers, { endStream })
    } catch {
      return undefined
    }
    stream.on('error', (error: NodeJS.ErrnoException) => {
      // What is no HTTP/2 is told to the stream before the session.
      if (error.code === 'ERR_HTTP2_ERROR') this.#ended(error.code)
    })
    return stream
  }

  describe(entry: Entry): void {
    entry.target = formatTarget(this.#options.target)
    entry.requestNumber = this.#requests
    if (this.#openedMs !== undefined) entry.connectionAgeMs = this.#options.now() - this.#openedMs
  }

  /** For a stream (0: none was opened) that ended without a byte of response. */
  judgeEnd(id = 0, rstCode = 0): Verdict {
    const last = this.#goawayLastId
    if (last !== undefined && id > 0) {
      const detail = `stream ${id}, GOAWAY ${last}, ${this.#endCode ?? `RST_STREAM ${rstCode}`}`
      return { outcome: id > last ? 'goawayAbove' : 'goawayBelow', detail }
    }
    const code = this.#endCode
    if (code === undefined)
      return { outcome: 'resetBeforeResponse', detail: `RST_STREAM ${rstCode}` }
    if (code.startsWith('ERR_HTTP2')) return { outcome: 'badStatus', detail: code }
    return { outcome: outcomeOfEnd({ code, wasOpen: this.open }), detail: code }
  }

  /**
   * Says GOAWAY and waits for the peer's EOF. Closing at once would reset the connection (the peer
   * answers the GOAWAY), and resets are what the kernel's counters are watched for.
   */
  closeIfIdle(): void {
    if (this.#active > 0) return
    this.#retired = true
    if (this.open) this.#session.close()
    else this.#destroy()
  }

  #destroy(): void {
    this.#session.destroy()
    this.#options.socket.destroy()
  }

  #ended(code: string): void {
    if (this.#endCode !== undefined) return
    this.#endCode = code
    if (!this.#retired && this.#active === 0) this.#options.idleClosed()
    this.#retired = true
    this.#flush()
  }

  #flush(): void {
    for (const callback of [...this.#waiting]) {
      this.#waiting.delete(callback)
      callback()
    }
  }
}
