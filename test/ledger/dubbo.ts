import type { Client, ClientOptions } from './client.ts'
import { DubboConnection } from './dubboConnection.ts'
import type { KeptLane } from './lane.ts'

/**
 * Dubbo 2 clients: one long connection each, on which calls run side by side and are matched by
 * their ids, each answered by its own text.
 *
 * What is a loss: every call that is outstanding when its connection ends, a status other than 20,
 * another text. What is not: a READONLY event, after which new calls go to a new connection while
 * those in flight finish on the old one (counted as `closed`); and an end while nothing is
 * outstanding (an idle close), since Dubbo's own clients dial again before they call. Heartbeats
 * are answered; none are sent, as Dubbo sends them only on connections that idle for a minute.
 */
export function dubboClient(options: ClientOptions, lane: KeptLane): Client {
  const { book, dialer, timeoutMs } = options
  const current = new Map<number, DubboConnection>()

  const open = (client: number) => {
    book.dialled()
    const connection = new DubboConnection({
      connection: dialer.dial(),
      timeoutMs,
      idleClosed: () => {
        book.idleClose()
      },
      closed: () => {
        book.closed()
      },
    })
    current.set(client, connection)
    return connection
  }

  return {
    send: (number, dueMs) => {
      const client = number % lane.connections
      const known = current.get(client)
      const connection = known === undefined || known.retired ? open(client) : known
      connection.call(book.open(client, dueMs), number)
    },
    closeIdle: () => {
      for (const connection of current.values()) connection.closeIfIdle()
    },
  }
}
