/**
 * gRPC messages (gRPC over HTTP2: a flag byte, four bytes of length, the message) with
 * `message Echo { uint64 id = 1; bytes payload = 2; }` in them, which servers send back.
 */
const prefixBytes = 5
const payloadBytes = 64
const varintField = (field: number) => field << 3
const bytesField = (field: number) => (field << 3) | 2

/** Every id makes other bytes, or an answer that belongs to another request would pass. */
export function echoMessage(id: number): Buffer {
  const payload = Buffer.alloc(payloadBytes, id % 251)
  const message = Buffer.concat([
    Buffer.from([varintField(1), ...varint(id), bytesField(2), ...varint(payloadBytes)]),
    payload,
  ])
  const framed = Buffer.alloc(prefixBytes + message.length)
  framed.writeUInt32BE(message.length, 1)
  message.copy(framed, prefixBytes)
  return framed
}

/** Base-128, low bits first (protobuf's wire format). Division, since ids may pass 32 bits. */
function varint(value: number): readonly number[] {
  const bytes: number[] = []
  for (let left = value; ; left = Math.floor(left / 128)) {
    if (left < 128) return [...bytes, left]
    bytes.push((left % 128) | 0x80)
  }
}
