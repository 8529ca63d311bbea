/**
 * Dubbo 2 frames: 16 bytes of head (0xdabb, flags, status, request id, length) and a body in
 * Hessian 2. Calls are `baton.Echo.echo(String)`, complete enough for proxies that route by
 * service and method.
 */
export const dubboHeadBytes = 16
export const statusOk = 20

const magic = 0xdabb
const flag = { request: 0x80, twoWay: 0x40, event: 0x20 } as const
const hessian2 = 2
/** Bodies longer than this are nothing that the ledger sends or expects. */
const maxBody = 64 * 1024
const hessianNull = Buffer.from('N')
/** Hessian's small ints are 0x90 + value; 1 says that a value follows. */
const responseValue = 0x91
const service = 'baton.Echo'
const version = '0.0.0'

export interface DubboFrame {
  readonly request: boolean
  readonly twoWay: boolean
  readonly event: boolean
  readonly status: number
  readonly id: number
  readonly body: Buffer
}

export function echoRequest(id: number, text: string): Buffer {
  const attachments = Buffer.concat([
    Buffer.from('H'),
    ...['path', service, 'interface', service, 'version', version].map(hessianString),
    Buffer.from('Z'),
  ])
  const head = ['2.0.2', service, version, 'echo', 'Ljava/lang/String;', text].map(hessianString)
  return encode(flag.request | flag.twoWay, 0, id, Buffer.concat([...head, attachments]))
}

export function echoResponse(id: number, text: string, status = statusOk): Buffer {
  const body = Buffer.concat([Buffer.from([responseValue]), hessianString(text)])
  return encode(0, status, id, status === statusOk ? body : hessianString('no'))
}

/** What an {@link echoRequest} carries: the sixth string. Undefined when it is none. */
export function requestText(body: Buffer): string | undefined {
  let at = 0
  let text: string | undefined
  for (let count = 0; count < 6; count += 1) {
    const string = readString(body, at)
    if (string === undefined) return undefined
    text = string.text
    at = string.end
  }
  return text
}

export function responseText(body: Buffer): string | undefined {
  return body[0] === responseValue ? readString(body, 1)?.text : undefined
}

export function heartbeat(id: number): Buffer {
  return encode(flag.request | flag.twoWay | flag.event, 0, id, hessianNull)
}

export function heartbeatAnswer(id: number): Buffer {
  return encode(flag.event, statusOk, id, hessianNull)
}

/** What a server that goes away says: no new requests on this connection. */
export function readOnly(id: number): Buffer {
  return encode(flag.request | flag.event, 0, id, hessianString('R'))
}

export function isReadOnly(frame: DubboFrame): boolean {
  return frame.event && frame.request && readString(frame.body, 0)?.text === 'R'
}

/** Collects bytes and gives the frames that are complete. */
export class DubboReader {
  #buffer: Buffer = Buffer.alloc(0)
  /** The bytes so far are not Dubbo. */
  broken = false

  /** True when part of a frame has come. */
  get begun(): boolean {
    return this.#buffer.length > 0
  }

  /** The frames' bodies are valid as long as `bytes` are. */
  push(bytes: Buffer): readonly DubboFrame[] {
    const frames: DubboFrame[] = []
    let left = this.#buffer.length === 0 ? bytes : Buffer.concat([this.#buffer, bytes])
    while (left.length >= dubboHeadBytes && !this.broken) {
      const end = dubboHeadBytes + left.readUInt32BE(12)
      this.broken = left.readUInt16BE(0) !== magic || end > dubboHeadBytes + maxBody
      if (this.broken || left.length < end) break
      frames.push(decode(left.subarray(0, end)))
      left = left.subarray(end)
    }
    // A copy: the bytes may be the buffer that all connections read into.
    this.#buffer = Buffer.from(left)
    return frames
  }
}

function decode(bytes: Buffer): DubboFrame {
  const flags = bytes[2] ?? 0
  return {
    request: (flags & flag.request) !== 0,
    twoWay: (flags & flag.twoWay) !== 0,
    event: (flags & flag.event) !== 0,
    status: bytes[3] ?? 0,
    id: Number(bytes.readBigUInt64BE(4)),
    body: bytes.subarray(dubboHeadBytes),
  }
}

function encode(flags: number, status: number, id: number, body: Buffer): Buffer {
  const head = Buffer.alloc(dubboHeadBytes)
  head.writeUInt16BE(magic, 0)
  head[2] = flags | hessian2
  head[3] = status
  head.writeBigUInt64BE(BigInt(id), 4)
  head.writeUInt32BE(body.length, 12)
  return Buffer.concat([head, body])
}

/** ASCII of up to 1023 characters (Hessian 2, 4.12). */
function hessianString(text: string): Buffer {
  const { length } = text
  const head = length < 32 ? [length] : [0x30 | (length >> 8), length & 0xff]
  return Buffer.concat([Buffer.from(head), Buffer.from(text, 'latin1')])
}

function readString(
  body: Buffer,
  at: number,
): { readonly text: string; readonly end: number } | undefined {
  const first = body[at]
  if (first === undefined) return undefined
  const long = first >= 0x30 && first <= 0x33
  if (!long && first >= 32) return undefined
  const start = at + (long ? 2 : 1)
  const end = start + (long ? ((first & 3) << 8) | (body[at + 1] ?? 0) : first)
  return end > body.length ? undefined : { text: body.toString('latin1', start, end), end }
}
