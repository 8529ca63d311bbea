import type { Client, ClientOptions } from './client.ts'
import { http2Call, judgeStatus, type Http2Call } from './http2Call.ts'
import { Http2Link } from './http2Link.ts'
import type { KeptLane } from './lane.ts'

const get: Http2Call = {
  headers: { ':path': '/' },
  judge: ({ headers }) => judgeStatus(headers) ?? { outcome: 'ok', detail: '' },
}

/**
 * Clients with one HTTP/2 connection each, on which requests run side by side. After a GOAWAY, an
 * EOF or a timeout the next request goes to a new connection; what the old one leaves unanswered
 * is lost, never sent again.
 */
export function http2Client(options: ClientOptions, lane: KeptLane): Client {
  return callingClient(options, lane, () => get)
}

/** The same for any call. `call` makes the request of this number. */
export function callingClient(
  options: ClientOptions,
  lane: KeptLane,
  call: (number: number) => Http2Call,
): Client {
  const { book, timeoutMs } = options
  const current = new Map<number, Http2Link>()
  return {
    send: (number, dueMs) => {
      const client = number % lane.connections
      const entry = book.open(client, dueMs)
      const attempt = (): void => {
        let link = current.get(client)
        if (link === undefined || link.retired) current.set(client, (link = openLink(options)))
        http2Call(link, entry, call(number), timeoutMs, attempt)
      }
      attempt()
    },
    closeIdle: () => {
      for (const link of current.values()) link.closeIfIdle()
    },
  }
}

export function openLink({ book, dialer, authority, now }: ClientOptions): Http2Link {
  book.dialled()
  return new Http2Link({
    ...dialer.socket(),
    authority,
    now,
    idleClosed: () => {
      book.idleClose()
    },
  })
}
