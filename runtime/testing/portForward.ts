import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import type { Duplex } from 'node:stream'

// What a real API server speaks on pods/portforward: WebSocket (RFC 6455) with a channel byte a
// message. Channel 0 is the data of the first port, 1 its errors; each begins with the port.

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
const BINARY = 0x82
const CLOSE = 8

/** Joins a client that asks for a port of a pod with a real listener on loopback. */
export function forwardPort(
  request: IncomingMessage,
  client: Duplex,
  { port, target }: { readonly port: number; readonly target: number },
): void {
  const key = String(request.headers['sec-websocket-key'])
  const accept = createHash('sha1')
    .update(key + GUID)
    .digest('base64')
  client.write(
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
      `Sec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: v4.channel.k8s.io\r\n\r\n`,
  )
  const announced = Buffer.alloc(2)
  announced.writeUInt16LE(port)
  for (const channel of [0, 1]) client.write(frame(Buffer.from([channel, ...announced])))
  const socket = connect(target, '127.0.0.1')
  socket.on('data', (data) => client.write(frame(Buffer.concat([Buffer.of(0), data]))))
  socket.on('error', ({ message }) =>
    client.write(frame(Buffer.concat([Buffer.of(1), Buffer.from(message)]))),
  )
  socket.on('close', () => client.end())
  client.on('error', () => socket.destroy())
  client.on('close', () => socket.destroy())
  let pending = Buffer.alloc(0)
  client.on('data', (data: Buffer) => {
    pending = Buffer.concat([pending, data])
    for (let next = takeFrame(pending); next !== undefined; next = takeFrame(pending)) {
      pending = Buffer.from(next.rest)
      if (next.opcode === CLOSE) socket.end()
      else if (next.payload[0] === 0) socket.write(next.payload.subarray(1))
    }
  })
}

function frame(payload: Buffer): Buffer {
  const { length } = payload
  if (length < 126) return Buffer.concat([Buffer.of(BINARY, length), payload])
  const header = Buffer.alloc(length < 65_536 ? 4 : 10)
  header[0] = BINARY
  header[1] = length < 65_536 ? 126 : 127
  if (length < 65_536) header.writeUInt16BE(length, 2)
  else header.writeBigUInt64BE(BigInt(length), 2)
  return Buffer.concat([header, payload])
}

interface Frame {
  readonly opcode: number
  readonly payload: Buffer
  readonly rest: Buffer
}

/** Clients mask what they send. Undefined: more must come. */
function takeFrame(data: Buffer): Frame | undefined {
  if (data.length < 2) return undefined
  const short = (data[1] ?? 0) & 0x7f
  const lengthSize = short === 126 ? 2 : short === 127 ? 8 : 0
  const start = 2 + lengthSize + 4
  if (data.length < start) return undefined
  const length =
    lengthSize === 0
      ? short
      : lengthSize === 2
        ? data.readUInt16BE(2)
        : Number(data.readBigUInt64BE(2))
  if (data.length < start + length) return undefined
  const mask = data.subarray(start - 4, start)
  const payload = Buffer.from(data.subarray(start, start + length))
  for (const [index, byte] of payload.entries()) payload[index] = byte ^ (mask[index % 4] ?? 0)
  return { opcode: (data[0] ?? 0) & 0x0f, payload, rest: data.subarray(start + length) }
}
