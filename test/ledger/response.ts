import { ChunkedBody } from './chunkedBody.ts'

export type Progress = 'more' | 'done' | 'invalid'

const maxHead = 64 * 1024

/**
 * Reads one HTTP/1.1 response (RFC 9112) as far as the ledger needs it: the status, whether the
 * connection may be used again, and how many bytes the body has by its own framing.
 */
export class ResponseReader {
  /** 0 until the head is complete. */
  status = 0
  /** True when the peer lets the connection be used again. */
  keepAlive = false
  /** True as soon as one byte has come. */
  begun = false
  #head = ''
  #bytes = 0
  /** Bytes that Content-Length announced; undefined = the body lasts until EOF. */
  #length: number | undefined
  #chunked: ChunkedBody | undefined
  #headers = ''

  get bodyBytes(): number {
    return this.#chunked?.bytes ?? this.#bytes
  }

  /** A header's value by its lower-case name. */
  header(name: string): string | undefined {
    return new RegExp(`\\n${name}:[ \\t]*([^\\r\\n]*)`, 'i').exec(this.#headers)?.[1]?.trim()
  }

  push(buffer: Buffer): Progress {
    this.begun = true
    let at = 0
    while (this.status === 0) {
      this.#head += buffer.toString('latin1', at)
      at = buffer.length
      const end = this.#head.indexOf('\r\n\r\n')
      if (end < 0) return this.#head.length > maxHead ? 'invalid' : 'more'
      at -= this.#head.length - end - 4
      this.#headers = this.#head.slice(0, end)
      this.#head = ''
      if (!this.#parseHead()) return 'invalid'
    }
    return this.#pushBody(buffer, at)
  }

  /** Whether EOF at this point completes the response (a body without length ends so). */
  completeAtEof(): boolean {
    return this.status !== 0 && this.#length === undefined && this.#chunked === undefined
  }

  #parseHead(): boolean {
    const start = /^HTTP\/1\.([01]) (\d{3})/.exec(this.#headers)
    if (start === null) return false
    const status = Number(start[2])
    // Interim answers (100 Continue) come before the real one.
    if (status < 200) return true
    this.status = status
    const connection = this.header('connection')?.toLowerCase()
    this.keepAlive = start[1] === '1' ? connection !== 'close' : connection === 'keep-alive'
    if (this.header('transfer-encoding')?.toLowerCase() === 'chunked') {
      this.#chunked = new ChunkedBody()
      return true
    }
    const length = this.header('content-length')
    if (status === 204 || status === 304) this.#length = 0
    else if (length !== undefined) this.#length = Number(length)
    else this.keepAlive = false
    return this.#length === undefined || Number.isSafeInteger(this.#length)
  }

  #pushBody(buffer: Buffer, at: number): Progress {
    if (this.#chunked !== undefined) {
      const end = this.#chunked.push(buffer, at)
      if (end < 0) return 'invalid'
      return this.#finish(this.#chunked.done, buffer.length - end)
    }
    this.#bytes += buffer.length - at
    if (this.#length === undefined) return 'more'
    const surplus = Math.max(0, this.#bytes - this.#length)
    this.#bytes -= surplus
    return this.#finish(this.#bytes === this.#length, surplus)
  }

  #finish(done: boolean, surplus: number): Progress {
    // Bytes that nobody asked for: whatever they are, the next response would begin with them.
    if (surplus > 0) this.keepAlive = false
    return done ? 'done' : 'more'
  }
}
