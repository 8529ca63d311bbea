import type { Client, ClientOptions } from './client.ts'
import type { Connection } from './connection.ts'
import { oneShot } from './oneShot.ts'
import { requestHead } from './request.ts'

/** A new connection for every request, which asks the server to close it. */
export function shortClient(options: ClientOptions): Client {
  const request = requestHead('GET', '/', options.authority, 'Connection: close')
  const write = (connection: Connection) => {
    connection.write(request)
  }
  return {
    send: (_number, dueMs) => {
      oneShot(options, { dueMs, durationMs: 0, write })
    },
    closeIdle: () => undefined,
  }
}
