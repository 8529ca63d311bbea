import type { ClientOptions } from './client.ts'
import type { Connection } from './connection.ts'
import { exchange, type Exchange } from './exchange.ts'

export interface OneShot {
  readonly dueMs: number
  /** How long the request takes by design. */
  readonly durationMs: number
  readonly write: (connection: Connection) => void
  readonly judge?: Exchange['judge']
  readonly done?: () => void
}

/** One request on a connection of its own, which is closed whatever the server thinks of it. */
export function oneShot(options: ClientOptions, request: OneShot): void {
  options.book.dialled()
  const connection = options.dialer.dial()
  exchange({
    entry: options.book.open(0, request.dueMs),
    connection,
    timeoutMs: options.timeoutMs + request.durationMs,
    write: request.write,
    ...(request.judge === undefined ? {} : { judge: request.judge }),
    done: (reusable) => {
      if (reusable) connection.destroy()
      request.done?.()
    },
  })
}
