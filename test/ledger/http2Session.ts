import {
  connect,
  constants,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type IncomingHttpHeaders,
} from 'node:http2'
import type { Socket } from 'node:net'
import { outcomeOfEnd } from './connection.ts'
import type { Verdict } from './exchange.ts'
import type { Entry } from './ledger.ts'
import { formatTarget, type Target } from './target.ts'

export interface Http2SessionOptions {
  readonly socket: Socket
  readonly target: Target
  readonly authority: string
  readonly timeoutMs: number
  readonly now: () => number
  /** The peer ended the connection while no request was on it. */
  readonly idleClosed: () => void
}

/** One cleartext HTTP/2 connection with prior knowledge, for requests until it is `retired`. */
export class Http2Session {
  readonly #options: Http2SessionOptions
  readonly #session: ClientHttp2Session
  readonly #waiting = new Set<() => void>()
  readonly #startedMs: number
  #retired = false
  /** A request timed out on it. */
  #hung = false
  #openedMs: number | undefined
  #requests = 0
  #active = 0
  /** Last stream id of the latest GOAWAY. */
  #goawayLastId: number | undefined
  /** EOF or the code of the first error, as soon as the socket has ended. */
  #endCode: string | undefined

  constructor(options: Http2SessionOptions) {
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

  /** True once the peer has said GOAWAY, the connection is gone, or a request timed out on it. */
  get retired(): boolean {
    return this.#retired || this.#session.closed || this.#session.destroyed
  }

  /** Sends a request for the entry as soon as connected; the entry ends in every case. */
  send(entry: Entry): void {
    this.#active += 1
    entry.target = formatTarget(this.#options.target)
    let stream: ClientHttp2Stream | undefined
    const finish = (verdict: Verdict) => {
      clearTimeout(timer)
      this.#waiting.delete(start)
      this.#active -= 1
      entry.end(verdict.outcome, verdict.detail)
      if (this.#hung && this.#active === 0) this.#destroy()
    }
    const start = () => {
      if (this.#openedMs === undefined) finish(this.#judgeEnd())
      else stream = this.#request(entry, this.#openedMs, finish)
    }
    const timer = setTimeout(() => {
      // What hangs once is not used again; requests that are on it already keep their own limits.
      this.#retired = true
      this.#hung = true
      finish({ outcome: this.#openedMs === undefined ? 'connectTimeout' : 'timeout', detail: '' })
      stream?.close(constants.NGHTTP2_CANCEL)
    }, this.#options.timeoutMs)
    if (this.#openedMs === undefined && this.#endCode === undefined) this.#waiting.add(start)
    else start()
  }

  /**
   * Says GOAWAY and waits for the peer's EOF. Closing at once would reset the connection (the peer
   * answers the GOAWAY), and resets are what the kernel's counters are watched for.
   */
  closeIfIdle(): void {
    if (this.#active > 0) return
    this.#retired = true
    if (this.#openedMs === undefined) this.#destroy()
    else this.#session.close()
  }

  #destroy(): void {
    this.#session.destroy()
    this.#options.socket.destroy()
  }

  #request(
    entry: Entry,
    openedMs: number,
    finish: (verdict: Verdict) => void,
  ): ClientHttp2Stream | undefined {
    const { now } = this.#options
    this.#requests += 1
    entry.requestNumber = this.#requests
    entry.connectionAgeMs = now() - openedMs
    if (this.#requests === 1) entry.connectMs = openedMs - this.#startedMs
    const stream = this.#open()
    if (stream === undefined) {
      finish({ outcome: 'clientError', detail: 'the session took no request, nothing was sent' })
      return undefined
    }
    const id = stream.id ?? 0
    let headers: IncomingHttpHeaders | undefined
    let bytes = 0
    // node ends the streams of a dying session with 'end' and no error when a GOAWAY came before:
    // only an end that precedes the socket's is the peer's END_STREAM.
    let complete = false
    stream.once('response', (received) => (headers = received))
    stream.on('data', (chunk: Buffer) => (bytes += chunk.length))
    stream.once('end', () => (complete = this.#endCode === undefined))
    stream.on('error', (error: NodeJS.ErrnoException) => {
      // What is no HTTP/2 is told to the stream before the session.
      if (error.code === 'ERR_HTTP2_ERROR') this.#ended(error.code)
    })
    stream.once('close', () => {
      if (entry.ended) return
      if (headers === undefined) {
        finish(this.#judgeEnd(id, stream.rstCode))
        return
      }
      const length = headers['content-length']
      const full = length === undefined ? complete : bytes === Number(length)
      finish(
        full && stream.rstCode === 0
          ? judgeStatus(Number(headers[':status']))
          : {
              outcome: 'cutInResponse',
              detail: `${this.#endCode ?? 'RST_STREAM'}, ${bytes} bytes`,
            },
      )
    })
    return stream
  }

  /** node throws when a session ended a moment ago and has not said so yet. */
  #open(): ClientHttp2Stream | undefined {
    try {
      return this.#session.request({ ':path': '/' })
    } catch {
      return undefined
    }
  }

  /** For a request without a byte of response. */
  #judgeEnd(id = 0, rstCode = 0): Verdict {
    const last = this.#goawayLastId
    if (last !== undefined && id > 0) {
      const detail = `stream ${id}, GOAWAY ${last}, ${this.#endCode ?? `RST_STREAM ${rstCode}`}`
      return { outcome: id > last ? 'goawayAbove' : 'goawayBelow', detail }
    }
    const code = this.#endCode
    if (code === undefined)
      return { outcome: 'resetBeforeResponse', detail: `RST_STREAM ${rstCode}` }
    if (code.startsWith('ERR_HTTP2')) return { outcome: 'badStatus', detail: code }
    return { outcome: outcomeOfEnd({ code, wasOpen: this.#openedMs !== undefined }), detail: code }
  }

  #ended(code: string): void {
    if (this.#endCode !== undefined) return
    this.#endCode = code
    if (!this.#retired && this.#active === 0) this.#options.idleClosed()
    this.#retired = true
    this.#flush()
  }

  #flush(): void {
    for (const start of [...this.#waiting]) {
      this.#waiting.delete(start)
      start()
    }
  }
}

function judgeStatus(status: number): Verdict {
  if (status === 200) return { outcome: 'ok', detail: '' }
  return { outcome: status >= 500 ? 'proxyError' : 'badStatus', detail: `status ${status}` }
}
