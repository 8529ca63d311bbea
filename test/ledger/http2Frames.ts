/** HTTP/2 frames for tests of what node's server will not do (RFC 9113). */

const connectionPrefaceBytes = 24
const frameHeadBytes = 9
const headersType = 1

function frame(type: number, flags: number, stream: number, payload = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(frameHeadBytes)
  head.writeUIntBE(payload.length, 0, 3)
  head[3] = type
  head[4] = flags
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}

export const settings = frame(4, 0, 0)

/** A GOAWAY that names the last stream which the server will answer; code 0 = no error. */
export function goaway(lastStream: number, code = 0): Buffer {
  const payload = Buffer.alloc(8)
  payload.writeUInt32BE(lastStream, 0)
  payload.writeUInt32BE(code, 4)
  return frame(7, 0, 0, payload)
}

/** What a server says first in a graceful shutdown: the highest id there is. */
export const goawayAll = goaway(0x7fffffff)

export function resetStream(stream: number, code: number): Buffer {
  const payload = Buffer.alloc(4)
  payload.writeUInt32BE(code)
  return frame(3, 0, stream, payload)
}

/** `:status 200`, `404` or `500` by HPACK's static table; END_HEADERS. */
export function headers(stream: number, status: 200 | 404 | 500, end = false): Buffer {
  const index = { 200: 0x88, 404: 0x8d, 500: 0x8e }[status]
  return frame(headersType, end ? 5 : 4, stream, Buffer.from([index]))
}

export function data(stream: number, text: string, end: boolean): Buffer {
  return frame(0, end ? 1 : 0, stream, Buffer.from(text))
}

/** The stream ids of the requests (HEADERS frames) in what a client sent on a connection. */
export function requestedStreams(received: Buffer): readonly number[] {
  const streams: number[] = []
  let at = connectionPrefaceBytes
  while (at + frameHeadBytes <= received.length) {
    if (received[at + 3] === headersType) streams.push(received.readUInt32BE(at + 5))
    at += frameHeadBytes + received.readUIntBE(at, 3)
  }
  return streams
}
