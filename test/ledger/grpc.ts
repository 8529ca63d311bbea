import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http2'
import type { Client, ClientOptions } from './client.ts'
import type { Verdict } from './exchange.ts'
import { echoMessage } from './grpcMessage.ts'
import { callingClient } from './http2.ts'
import { judgeStatus } from './http2Call.ts'
import type { KeptLane } from './lane.ts'

export function grpcHeaders(method: 'Unary' | 'Stream'): OutgoingHttpHeaders {
  return {
    ':method': 'POST',
    ':path': `/baton.Echo/${method}`,
    'content-type': 'application/grpc',
    te: 'trailers',
  }
}

/**
 * Unary gRPC calls, each with the answer expected to be its own message. Connections are used and
 * left as those of the kind http2. Ok needs grpc-status 0: a proxy's `200` with grpc-status 14 is
 * a `proxyError`, and an answer that ends without a status is cut.
 */
export function grpcClient(options: ClientOptions, lane: KeptLane): Client {
  const headers = grpcHeaders('Unary')
  return callingClient(options, lane, (number) => {
    const message = echoMessage(number)
    return {
      headers,
      body: message,
      judge: (answer) => {
        const verdict = judgeGrpc(answer.headers, answer.trailers)
        if (verdict !== undefined) return verdict
        return Buffer.concat(answer.body).equals(message)
          ? { outcome: 'ok', detail: '' }
          : { outcome: 'hashMismatch', detail: 'the answer is not what was sent' }
      },
    }
  })
}

/** Undefined for grpc-status 0. The status may be in the headers when there is no message. */
export function judgeGrpc(
  headers: IncomingHttpHeaders,
  trailers: IncomingHttpHeaders,
): Verdict | undefined {
  const bad = judgeStatus(headers)
  if (bad !== undefined) return bad
  const status = trailers['grpc-status'] ?? headers['grpc-status']
  if (status === '0') return undefined
  if (status === undefined) return { outcome: 'cutInResponse', detail: 'no grpc-status' }
  return { outcome: 'proxyError', detail: `grpc-status ${String(status)}` }
}
