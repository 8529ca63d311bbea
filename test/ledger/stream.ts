import type { Client, ClientOptions } from './client.ts'
import type { Connection } from './connection.ts'
import type { Verdict } from './exchange.ts'
import type { LongLane } from './lane.ts'
import { oneShot } from './oneShot.ts'
import { requestHead } from './request.ts'
import type { ResponseReader } from './response.ts'

/**
 * GET /stream?ms=N on a new connection: a response that lasts N ms. Its bytes are counted: by its
 * framing (Content-Length or the last chunk), and against the header `x-body-bytes` if there is
 * one, which also finds a proxy that ends a cut response neatly.
 */
export function streamClient(options: ClientOptions, lane: LongLane): Client {
  const { durationMs } = lane
  const path = `/stream?ms=${durationMs}`
  const request = requestHead('GET', path, options.authority, 'Connection: close')
  const write = (connection: Connection) => {
    connection.write(request)
  }
  return {
    send: (_number, dueMs) => {
      oneShot(options, { dueMs, durationMs, write, judge: judgeStream })
    },
    closeIdle: () => undefined,
  }
}

function judgeStream(response: ResponseReader): Verdict {
  const announced = response.header('x-body-bytes')
  if (announced === undefined || Number(announced) === response.bodyBytes) {
    return { outcome: 'ok', detail: '' }
  }
  const detail = `${response.bodyBytes} of ${announced} bytes`
  const short = response.bodyBytes < Number(announced)
  return { outcome: short ? 'cutInResponse' : 'hashMismatch', detail }
}
