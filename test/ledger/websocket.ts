import { randomBytes } from 'node:crypto'
import type { Client, ClientOptions } from './client.ts'
import { connectionLifeMs, type KeptLane } from './lane.ts'
import { WebSocketStream } from './websocketStream.ts'

const payloadBytes = 64

/**
 * WebSocket clients: one long connection each, over which every request is a message that must
 * come back as it was.
 *
 * What is a loss: everything outstanding when the connection ends, by whatever: a close frame, an
 * EOF or a reset; a refused upgrade; and, as one lost request of its own (`connectionCut`), an
 * established connection that ends without a close frame while nothing is outstanding, since a
 * WebSocket has state at both ends and applications notice. What is not: a close frame of a server
 * that goes away in order (1000, 1001, 1012) while nothing is outstanding. It is counted as
 * `closed`, and the next request dials.
 */
export function websocketClient(options: ClientOptions, lane: KeptLane): Client {
  const { book, dialer, timeoutMs, authority, now } = options
  const streams = new Map<number, WebSocketStream>()

  const open = (client: number) => {
    book.dialled()
    const stream = new WebSocketStream({
      connection: dialer.dial(),
      authority,
      timeoutMs,
      openCut: () => book.open(client, now()),
      closed: () => {
        book.closed()
      },
    })
    streams.set(client, stream)
    return stream
  }

  return {
    send: (number, dueMs) => {
      const client = number % lane.connections
      const known = streams.get(client)
      if (known !== undefined && known.ageMs >= connectionLifeMs(lane, client)) known.closeIfIdle()
      const stream = known === undefined || known.over ? open(client) : known
      const payload = randomBytes(payloadBytes)
      stream.send(book.open(client, dueMs), payload)
    },
    closeIdle: () => {
      for (const stream of streams.values()) stream.closeIfIdle()
    },
  }
}
