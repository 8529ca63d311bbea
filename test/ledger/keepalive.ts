import type { Client, ClientOptions } from './client.ts'
import type { Connection } from './connection.ts'
import { exchange } from './exchange.ts'
import type { KeptLane } from './lane.ts'
import { requestHead } from './request.ts'

/**
 * Clients that keep an HTTP/1.1 connection. A request that is due while the client's earlier one
 * is pending goes over a further connection: nothing is left out, so a stall is seen by as many
 * requests as a real crowd would have sent into it. Of two idle connections one is closed.
 *
 * An EOF seen while idle is no loss, the next request dials. An EOF after the send is a loss.
 */
export function keepaliveClient(options: ClientOptions, lane: KeptLane): Client {
  const { book, dialer, timeoutMs, authority } = options
  const request = requestHead('GET', '/', authority)
  const idle = new Map<number, Connection>()

  const dial = () => {
    book.dialled()
    return dialer.dial()
  }
  const keep = (client: number, connection: Connection) => {
    if (idle.has(client)) {
      connection.destroy()
      return
    }
    const forget = () => {
      idle.delete(client)
      book.idleClose()
    }
    idle.set(client, connection)
    connection.handler = {
      // Nobody asked for anything: a server's last word (408) before it closes.
      data: () => {
        connection.destroy()
        forget()
      },
      ended: forget,
    }
  }

  return {
    send: (number, dueMs) => {
      const client = number % lane.connections
      const connection = idle.get(client) ?? dial()
      idle.delete(client)
      exchange({
        entry: book.open(client, dueMs),
        connection,
        timeoutMs,
        write: (to) => {
          to.write(request)
        },
        done: (reusable) => {
          if (reusable) keep(client, connection)
        },
      })
    },
    closeIdle: () => {
      for (const connection of idle.values()) connection.destroy()
      idle.clear()
    },
  }
}
