import type { ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2'
import type { Check } from './check.ts'
import type { Outcome } from './outcome.ts'

/** ServingStatus of grpc.health.v1, by number. */
const STATUSES = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'] as const
/** An answer is a few bytes; a server that sends more is none. */
const ANSWER_MAX_BYTES = 1024
/** Compressed or not, and the length of the message. */
const PREFIX_BYTES = 5

/**
 * As the kubelet: grpc.health.v1.Health/Check over HTTP/2 without TLS, a success only when the
 * answer is SERVING. Never throws.
 */
export function probeGrpc(
  { host, port, service }: Extract<Check, { kind: 'grpc' }>,
  timeoutMs: number,
): Promise<Outcome> {
  // Loaded here, for it takes memory in every pod.
  const { connect } = process.getBuiltinModule('node:http2')
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`
  const what = `grpc.health.v1 ${authority}${service === '' ? '' : ` '${service}'`}`
  return new Promise((resolve) => {
    const session = connect(`http://${authority}`)
    const end = (ok: boolean, detail: string): void => {
      clearTimeout(timer)
      session.destroy()
      resolve({ ok, detail: `${what}: ${detail}` })
    }
    const timer = setTimeout(() => {
      end(false, `no answer within ${timeoutMs} ms`)
    }, timeoutMs)
    session.on('error', (error: Error) => {
      end(false, error.message)
    })
    const stream = session.request({
      ':method': 'POST',
      ':path': '/grpc.health.v1.Health/Check',
      'content-type': 'application/grpc',
      te: 'trailers',
      'grpc-timeout': `${timeoutMs}m`,
    })
    stream.on('error', (error: Error) => {
      end(false, error.message)
    })
    read(stream, end)
    stream.end(healthRequest(service))
  })
}

function read(stream: ClientHttp2Stream, end: (ok: boolean, detail: string) => void): void {
  let headers: IncomingHttpHeaders = {}
  let trailers: IncomingHttpHeaders = {}
  let body = Buffer.alloc(0)
  stream.on('response', (received: IncomingHttpHeaders) => (headers = received))
  stream.on('trailers', (received: IncomingHttpHeaders) => (trailers = received))
  stream.on('data', (chunk: Buffer) => {
    body = Buffer.concat([body, chunk])
    if (body.length > ANSWER_MAX_BYTES) end(false, 'the answer is too long')
  })
  stream.on('end', () => {
    const status = Number(headers[':status'])
    // An answer without a body has its trailers in the head.
    const code = trailers['grpc-status'] ?? headers['grpc-status']
    const message = trailers['grpc-message'] ?? headers['grpc-message']
    if (status !== 200) end(false, `status ${status}`)
    else if (code !== '0') end(false, refusal(code, message))
    else {
      const serving = servingStatus(body)
      end(serving === 'SERVING', serving)
    }
  })
}

function refusal(code: string | string[] | undefined, message: string | string[] | undefined) {
  if (code === undefined) return 'not a gRPC answer'
  return `grpc-status ${String(code)}${message === undefined ? '' : ` (${String(message)})`}`
}

/** HealthCheckRequest: field 1 is the name of the service, absent when empty. */
export function healthRequest(service: string): Buffer {
  const name = Buffer.from(service)
  const message = name.length === 0 ? [] : [Buffer.of(0x0a), varint(name.length), name]
  const length = message.reduce((sum, part) => sum + part.length, 0)
  const prefix = Buffer.alloc(PREFIX_BYTES)
  prefix.writeUInt32BE(length, 1)
  return Buffer.concat([prefix, ...message])
}

function varint(value: number): Buffer {
  const bytes: number[] = []
  let rest = value
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80)
  return Buffer.of(...bytes, rest)
}

/** HealthCheckResponse: field 1 is the status, absent when it is UNKNOWN (0). */
export function servingStatus(body: Buffer): string {
  const isWhole = body.length >= PREFIX_BYTES && body.length === PREFIX_BYTES + body.readUInt32BE(1)
  if (!isWhole || body[0] !== 0) return 'not a HealthCheckResponse'
  const message = body.subarray(PREFIX_BYTES)
  if (message.length === 0) return STATUSES[0]
  const [tag, value = -1] = message
  return tag === 0x08 ? (STATUSES[value] ?? `status ${value}`) : 'not a HealthCheckResponse'
}
