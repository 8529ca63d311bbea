import type { Client, ClientOptions } from './client.ts'
import type { Verdict } from './exchange.ts'
import type { LongLane } from './lane.ts'
import { oneShot } from './oneShot.ts'
import { requestHead } from './request.ts'
import type { ResponseReader } from './response.ts'

const chunks = 10
const chunk = `400\r\n${'u'.repeat(0x400)}\r\n`
const uploadBytes = chunks * 0x400

/**
 * POST /upload on a new connection, ten chunks of 1 KiB spread over the lane's duration. A server
 * that reports what it got in the header `x-received-bytes` is checked.
 */
export function uploadClient(options: ClientOptions, lane: LongLane): Client {
  const { durationMs } = lane
  const head = requestHead(
    'POST',
    '/upload',
    options.authority,
    'Transfer-Encoding: chunked',
    'Connection: close',
  )
  return {
    send: (_number, dueMs) => {
      let sent = 0
      let timer: NodeJS.Timeout | undefined
      oneShot(options, {
        dueMs,
        durationMs,
        write: (connection) => {
          connection.write(head)
          timer = setInterval(() => {
            sent += 1
            connection.write(sent < chunks ? chunk : `${chunk}0\r\n\r\n`)
            if (sent === chunks) clearInterval(timer)
          }, durationMs / chunks)
        },
        judge: (response) => judgeUpload(response, sent === chunks),
        done: () => {
          clearInterval(timer)
        },
      })
    },
    closeIdle: () => undefined,
  }
}

function judgeUpload(response: ResponseReader, complete: boolean): Verdict {
  if (!complete) return { outcome: 'badStatus', detail: '200 before the upload was complete' }
  const received = response.header('x-received-bytes')
  return received === undefined || Number(received) === uploadBytes
    ? { outcome: 'ok', detail: '' }
    : { outcome: 'hashMismatch', detail: `sent ${uploadBytes} bytes, received ${received}` }
}
