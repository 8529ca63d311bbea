import type { Client, ClientOptions } from './client.ts'
import { Http2Session } from './http2Session.ts'
import type { KeptLane } from './lane.ts'

/**
 * Clients with one HTTP/2 connection each, on which requests run side by side. After a GOAWAY, an
 * EOF or a timeout the next request goes to a new connection; what the old one leaves unanswered
 * is lost, never sent again.
 */
export function http2Client(options: ClientOptions, lane: KeptLane): Client {
  const { ledger, dialer, timeoutMs, authority, now } = options
  const current = new Map<number, Http2Session>()

  const open = (client: number) => {
    ledger.dialled(lane.kind)
    const session = new Http2Session({
      ...dialer.socket(),
      authority,
      timeoutMs,
      now,
      idleClosed: () => {
        ledger.idleClose(lane.kind)
      },
    })
    current.set(client, session)
    return session
  }

  return {
    send: (number, dueMs) => {
      const client = number % lane.connections
      const known = current.get(client)
      const session = known === undefined || known.retired ? open(client) : known
      session.send(ledger.open(lane.kind, client, dueMs))
    },
    closeIdle: () => {
      for (const session of current.values()) session.closeIfIdle()
    },
  }
}
