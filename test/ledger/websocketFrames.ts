/** WebSocket frames (RFC 6455, 5.2), as far as an echo needs them: no fragments, no extensions. */
export const opcodes = { binary: 2, close: 8, ping: 9, pong: 10 } as const

export interface Frame {
  readonly opcode: number
  readonly payload: Buffer
}

const finalBit = 0x80
const maskBit = 0x80

/** `mask`: four bytes, which clients must use and servers must not. */
export function encodeFrame(opcode: number, payload: Uint8Array, mask?: Uint8Array): Buffer {
  const { length } = payload
  const long = length > 125
  const head = Buffer.alloc(long ? 4 : 2)
  head[0] = finalBit | opcode
  head[1] = (mask === undefined ? 0 : maskBit) | (long ? 126 : length)
  if (long) head.writeUInt16BE(length, 2)
  if (mask === undefined) return Buffer.concat([head, payload])
  return Buffer.concat([head, mask, masked(payload, mask)])
}

export function closePayload(code: number): Buffer {
  const payload = Buffer.alloc(2)
  payload.writeUInt16BE(code)
  return payload
}

/** Collects bytes and gives the frames that are complete. */
export class FrameReader {
  #buffer: Buffer = Buffer.alloc(0)
  /** The bytes so far are no frames that this reader knows. */
  broken = false

  /** True when part of a frame has come. */
  get begun(): boolean {
    return this.#buffer.length > 0
  }

  /** The frames' payloads are valid as long as `bytes` are. */
  push(bytes: Buffer): readonly Frame[] {
    const frames: Frame[] = []
    let left = this.#buffer.length === 0 ? bytes : Buffer.concat([this.#buffer, bytes])
    for (let end = this.#read(left, frames); end > 0; end = this.#read(left, frames)) {
      left = left.subarray(end)
    }
    // A copy: the bytes may be the buffer that all connections read into.
    this.#buffer = Buffer.from(left)
    return frames
  }

  /** Reads one frame; returns its length, 0 when it is not complete. */
  #read(bytes: Buffer, frames: Frame[]): number {
    const [first, second] = bytes
    if (first === undefined || second === undefined || this.broken) return 0
    const short = second & 0x7f
    const mask = (second & maskBit) === 0 ? 0 : 4
    const head = (short === 126 ? 4 : 2) + mask
    if (short === 127 || (first & finalBit) === 0) {
      this.broken = true
      return 0
    }
    if (bytes.length < head) return 0
    const length = short === 126 ? bytes.readUInt16BE(2) : short
    if (bytes.length < head + length) return 0
    const payload = bytes.subarray(head, head + length)
    frames.push({
      opcode: first & 0x0f,
      payload: mask === 0 ? payload : masked(payload, bytes.subarray(head - mask, head)),
    })
    return head + length
  }
}

function masked(payload: Uint8Array, mask: Uint8Array): Buffer {
  const out = Buffer.allocUnsafe(payload.length)
  for (let at = 0; at < payload.length; at += 1) {
    out[at] = (payload[at] ?? 0) ^ (mask[at & 3] ?? 0)
  }
  return out
}
