import { constants, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http2'
import type { Entry } from './entry.ts'
import type { Verdict } from './exchange.ts'
import type { Http2Link } from './http2Link.ts'

/** RFC 9113, 6.2. */
const HEADERS_FRAME = 1

/** A request that is sent whole, and how its answer is judged. */
export interface Http2Call {
  readonly headers: OutgoingHttpHeaders
  readonly body?: Uint8Array
  readonly judge: (answer: Http2Answer) => Verdict
}

export interface Http2Answer {
  readonly headers: IncomingHttpHeaders
  readonly trailers: IncomingHttpHeaders
  readonly body: readonly Buffer[]
}

/**
 * Sends the call for the entry as soon as connected. The entry ends in every case but one: when a
 * GOAWAY came in before the library had written the request, nothing was sent, and `elsewhere` is
 * called to send it on another connection, as every client does.
 */
export function http2Call(
  link: Http2Link,
  entry: Entry,
  call: Http2Call,
  timeoutMs: number,
  elsewhere: () => void,
): void {
  let cancel: (() => void) | undefined
  link.take()
  link.describe(entry)
  const finish = (verdict: Verdict) => {
    clearTimeout(timer)
    link.forget(start)
    entry.end(verdict.outcome, verdict.detail)
    link.give()
  }
  const unsent = () => {
    clearTimeout(timer)
    link.leave()
    link.give()
    elsewhere()
  }
  const start = () => {
    if (link.open) cancel = send(link, entry, call, finish, unsent)
    else finish(link.judgeEnd())
  }
  const timer = setTimeout(() => {
    link.hang()
    finish({ outcome: link.open ? 'timeout' : 'connectTimeout', detail: '' })
    cancel?.()
  }, timeoutMs)
  link.whenDecided(start)
}

/** Returns what cancels the call. */
function send(
  link: Http2Link,
  entry: Entry,
  call: Http2Call,
  finish: (verdict: Verdict) => void,
  unsent: () => void,
): (() => void) | undefined {
  const stream = link.request(entry, call.headers, call.body === undefined)
  if (stream === undefined) {
    finish({ outcome: 'clientError', detail: 'the session took no request, nothing was sent' })
    return undefined
  }
  if (call.body !== undefined) stream.end(call.body)
  let headers: IncomingHttpHeaders | undefined
  let trailers: IncomingHttpHeaders = {}
  const body: Buffer[] = []
  let bytes = 0
  // node ends the streams of a dying session with 'end' and no error when a GOAWAY came before:
  // only an end that precedes the socket's is the peer's END_STREAM.
  let complete = false
  let refusedHere = false
  stream.once('frameError', (type: number) => (refusedHere = type === HEADERS_FRAME))
  stream.once('response', (received) => (headers = received))
  stream.once('trailers', (received: IncomingHttpHeaders) => (trailers = received))
  stream.on('data', (chunk: Buffer) => {
    body.push(chunk)
    bytes += chunk.length
  })
  stream.once('end', () => (complete = link.endCode === undefined))
  stream.once('close', () => {
    if (entry.ended) return
    if (headers === undefined && refusedHere) {
      unsent()
      return
    }
    if (headers === undefined) {
      finish(link.judgeEnd(stream.id, stream.rstCode))
      return
    }
    const length = headers['content-length']
    const full = length === undefined ? complete : bytes === Number(length)
    const detail = `${link.endCode ?? 'RST_STREAM'}, ${bytes} bytes`
    finish(
      full && stream.rstCode === 0
        ? call.judge({ headers, trailers, body })
        : { outcome: 'cutInResponse', detail },
    )
  })
  return () => {
    stream.close(constants.NGHTTP2_CANCEL)
  }
}

/** Undefined for 200, which further judgement may follow. */
export function judgeStatus(headers: IncomingHttpHeaders): Verdict | undefined {
  const status = Number(headers[':status'])
  if (status === 200) return undefined
  return { outcome: status >= 500 ? 'proxyError' : 'badStatus', detail: `status ${status}` }
}
