import type { Client, ClientOptions } from './client.ts'
import type { Connection } from './connection.ts'
import type { LongLane } from './lane.ts'
import { oneShot } from './oneShot.ts'
import { requestHead } from './request.ts'

/** GET /slow?ms=N on a new connection: the server thinks for N ms before it answers. */
export function slowClient(options: ClientOptions, lane: LongLane): Client {
  const { durationMs } = lane
  const path = `/slow?ms=${durationMs}`
  const request = requestHead('GET', path, options.authority, 'Connection: close')
  const write = (connection: Connection) => {
    connection.write(request)
  }
  return {
    send: (_number, dueMs) => {
      oneShot(options, { dueMs, durationMs, write })
    },
    closeIdle: () => undefined,
  }
}
