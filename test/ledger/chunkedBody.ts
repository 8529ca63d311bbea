type State = 'size' | 'data' | 'dataEnd' | 'trailer' | 'done'

const newline = 10
/** Size lines and trailers longer than this are no HTTP. */
const maxLine = 8192

/** Reads a chunked body (RFC 9112, 7.1) and counts its bytes. */
export class ChunkedBody {
  bytes = 0
  #state: State = 'size'
  #left = 0
  #line = ''

  get done(): boolean {
    return this.#state === 'done'
  }

  /** Takes bytes from `at` on. Returns where the body ended or all were used; -1 = not chunked. */
  push(buffer: Buffer, at: number): number {
    let position = at
    while (position < buffer.length && this.#state !== 'done') {
      if (this.#state === 'data') {
        const taken = Math.min(this.#left, buffer.length - position)
        this.bytes += taken
        this.#left -= taken
        position += taken
        if (this.#left === 0) this.#state = 'dataEnd'
        continue
      }
      const end = buffer.indexOf(newline, position)
      this.#line += buffer.toString('latin1', position, end < 0 ? buffer.length : end)
      if (this.#line.length > maxLine) return -1
      if (end < 0) return buffer.length
      position = end + 1
      const line = this.#line.replace(/\r$/, '')
      this.#line = ''
      if (!this.#endOfLine(line)) return -1
    }
    return position
  }

  #endOfLine(line: string): boolean {
    if (this.#state === 'trailer') {
      if (line === '') this.#state = 'done'
      return true
    }
    if (this.#state === 'dataEnd') {
      this.#state = 'size'
      return line === ''
    }
    const size = /^([0-9a-f]{1,12})\s*(;.*)?$/i.exec(line)?.[1]
    if (size === undefined) return false
    this.#left = Number.parseInt(size, 16)
    this.#state = this.#left === 0 ? 'trailer' : 'data'
    return true
  }
}
