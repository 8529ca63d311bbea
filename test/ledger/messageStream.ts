import { constants, type ClientHttp2Stream, type IncomingHttpHeaders } from 'node:http2'
import type { Entry } from './entry.ts'
import type { Verdict } from './exchange.ts'
import { grpcHeaders, judgeGrpc } from './grpc.ts'
import type { Http2Link } from './http2Link.ts'

export interface MessageStreamOptions {
  readonly link: Http2Link
  /** Limit for each message's answer, and for the end after the half-close. */
  readonly timeoutMs: number
  readonly now: () => number
  /** Opens the entry of the stream's own end. */
  readonly openEnd: () => Entry
}

interface Message {
  readonly entry: Entry
  readonly bytes: Buffer
  readonly timer: NodeJS.Timeout
}

/** One gRPC stream whose messages come back in order; ends every entry that it was given. */
export class MessageStream {
  readonly #options: MessageStreamOptions
  readonly #messages: Message[] = []
  readonly #startedMs: number
  readonly #start: () => void
  #stream: ClientHttp2Stream | undefined
  /** Begun by the half-close, or when the stream ends without one. */
  #end: Entry | undefined
  #endTimer: NodeJS.Timeout | undefined
  #over = false
  #headers: IncomingHttpHeaders | undefined
  #received: Buffer = Buffer.alloc(0)

  constructor(options: MessageStreamOptions) {
    this.#options = options
    this.#startedMs = options.now()
    options.link.take()
    this.#start = () => {
      this.#begin()
    }
  }

  /** True when it takes no more messages. */
  get over(): boolean {
    return this.#over || this.#end !== undefined
  }

  get ageMs(): number {
    return this.#options.now() - this.#startedMs
  }

  send(entry: Entry, bytes: Buffer): void {
    const { link, timeoutMs } = this.#options
    link.describe(entry)
    const timer = setTimeout(() => {
      link.hang()
      this.#fail({ outcome: link.open ? 'timeout' : 'connectTimeout', detail: 'no answer' })
    }, timeoutMs)
    this.#messages.push({ entry, bytes, timer })
    if (this.#stream !== undefined) this.#stream.write(bytes)
    else if (this.#messages.length === 1) link.whenDecided(this.#start)
  }

  /** Half-closes: the server answers what is outstanding and then ends the stream. */
  finish(): void {
    if (this.over) return
    if (this.#stream === undefined) {
      // Not even connected: there is no stream whose end could be judged.
      this.#fail({ outcome: 'abandoned', detail: '' })
      return
    }
    this.#openEnd()
    this.#endTimer = setTimeout(() => {
      this.#options.link.hang()
      this.#fail({ outcome: 'timeout', detail: 'the stream was not ended' })
    }, this.#options.timeoutMs)
    this.#stream.end()
  }

  #begin(): void {
    const { link } = this.#options
    const [first] = this.#messages
    if (first === undefined) return
    if (!link.open) {
      this.#fail(link.judgeEnd())
      return
    }
    const stream = link.request(first.entry, grpcHeaders('Stream'), false)
    if (stream === undefined) {
      this.#fail({ outcome: 'clientError', detail: 'the session took no stream' })
      return
    }
    this.#stream = stream
    let trailers: IncomingHttpHeaders | undefined
    stream.once('response', (headers) => (this.#headers = headers))
    stream.once('trailers', (received: IncomingHttpHeaders) => (trailers = received))
    stream.on('data', (bytes: Buffer) => {
      this.#receive(bytes)
    })
    stream.once('end', () => {
      // The server's word is final, though node closes the stream only when both sides have ended.
      if ((trailers ?? this.#headers)?.['grpc-status'] !== undefined) this.#closed(stream, trailers)
      else stream.end()
    })
    stream.once('close', () => {
      this.#closed(stream, trailers)
    })
    for (const { bytes } of this.#messages) stream.write(bytes)
  }

  #openEnd(): Entry {
    this.#end ??= this.#options.openEnd()
    this.#options.link.describe(this.#end)
    return this.#end
  }

  #receive(bytes: Buffer): void {
    this.#received = this.#received.length === 0 ? bytes : Buffer.concat([this.#received, bytes])
    while (this.#received.length > 0 && !this.#over) {
      const [first] = this.#messages
      if (first === undefined) {
        this.#fail({ outcome: 'hashMismatch', detail: 'bytes that were never sent' })
        return
      }
      const { length } = first.bytes
      if (this.#received.length < length) return
      if (first.bytes.compare(this.#received, 0, length) !== 0) {
        this.#fail({ outcome: 'hashMismatch', detail: 'the answer is not what was sent' })
        return
      }
      this.#received = this.#received.subarray(length)
      this.#messages.shift()
      clearTimeout(first.timer)
      first.entry.end('ok')
    }
  }

  /** By the server: its trailers, RST_STREAM, or the connection's end. */
  #closed(stream: ClientHttp2Stream, trailers: IncomingHttpHeaders | undefined): void {
    if (this.#over) return
    const { link } = this.#options
    const outstanding = this.#messages.length > 0
    if (this.#headers === undefined) {
      this.#fail(link.judgeEnd(stream.id, stream.rstCode))
      return
    }
    const verdict = judgeGrpc(this.#headers, trailers ?? {})
    if (verdict === undefined) {
      if (this.#end !== undefined && !outstanding) this.#succeed(this.#end)
      else this.#fail({ outcome: 'cutInResponse', detail: 'ended early with grpc-status 0' })
      return
    }
    if (verdict.outcome !== 'cutInResponse') {
      this.#fail(verdict)
      return
    }
    const detail = link.endCode ?? `RST_STREAM ${stream.rstCode}`
    const idle = this.#end === undefined && !outstanding
    this.#fail({ outcome: idle ? 'connectionCut' : 'cutInResponse', detail })
  }

  #succeed(end: Entry): void {
    this.#over = true
    clearTimeout(this.#endTimer)
    end.end('ok')
    this.#options.link.give()
  }

  #fail(verdict: Verdict): void {
    this.#over = true
    const { link } = this.#options
    link.forget(this.#start)
    clearTimeout(this.#endTimer)
    for (const { entry, timer } of this.#messages.splice(0)) {
      clearTimeout(timer)
      entry.end(verdict.outcome, verdict.detail)
    }
    // A stream that was never begun has no end of its own.
    if (this.#stream !== undefined) {
      this.#openEnd().end(verdict.outcome, verdict.detail)
      this.#stream.close(constants.NGHTTP2_CANCEL)
    }
    link.give()
  }
}
