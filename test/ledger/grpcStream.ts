import type { Client, ClientOptions } from './client.ts'
import { echoMessage } from './grpcMessage.ts'
import { openLink } from './http2.ts'
import type { Http2Link } from './http2Link.ts'
import type { StreamLane } from './lane.ts'
import { MessageStream } from './messageStream.ts'

/**
 * Bidirectional gRPC streams, one after the other on each client's connection, each `durationMs`
 * long. Every message is a request whose answer is the same message; the end of every stream is
 * one request more: ok when the server, after the client's half-close, ends it with grpc-status 0.
 *
 * After a GOAWAY the stream goes on for as long as it lives, and the next one takes a new
 * connection. A stream that ends in any other way than by its own client's half-close is lost, and
 * so is every message that is outstanding on it.
 */
export function grpcStreamClient(options: ClientOptions, lane: StreamLane): Client {
  const { book, timeoutMs, now } = options
  const links = new Map<number, Http2Link>()
  const streams = new Map<number, MessageStream>()

  const open = (client: number) => {
    let link = links.get(client)
    if (link === undefined || link.retired) links.set(client, (link = openLink(options)))
    const stream = new MessageStream({
      link,
      timeoutMs,
      now,
      openEnd: () => book.open(client, now()),
    })
    streams.set(client, stream)
    return stream
  }

  return {
    send: (number, dueMs) => {
      const client = number % lane.connections
      let stream = streams.get(client)
      if (stream !== undefined && stream.ageMs >= lane.durationMs) stream.finish()
      if (stream === undefined || stream.over) stream = open(client)
      stream.send(book.open(client, dueMs), echoMessage(number))
    },
    closeIdle: () => {
      for (const stream of streams.values()) stream.finish()
      for (const link of links.values()) link.closeIfIdle()
    },
  }
}
