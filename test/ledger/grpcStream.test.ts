import { expect } from 'chai'
import type { ServerHttp2Stream } from 'node:http2'
import { listenHttp2 } from './faultyHttp2.ts'
import { afterRead, closedTarget } from './faultyServer.ts'
import type { StreamLane } from './lane.ts'
import { startOrigin } from './origin.ts'
import type { LossCause, Outcome } from './outcome.ts'
import { limitFor, runLoad } from './runLoad.ts'
import type { Summary } from './summary.ts'

const lane: StreamLane = { kind: 'grpc-stream', connections: 1, gapMs: 60, durationMs: 150 }

const grpc = { ':status': 200, 'content-type': 'application/grpc' }

/** Called with message n (from 1) of a stream; true: it is not echoed. */
type OnMessage = (stream: ServerHttp2Stream, number: number, message: Buffer) => boolean

/** Echoes, and ends with `status` after the client's half-close. */
function echo(stream: ServerHttp2Stream, onMessage: OnMessage, status = '0'): void {
  let messages = 0
  stream.respond(grpc, { waitForTrailers: true })
  stream.once('wantTrailers', () => {
    stream.sendTrailers({ 'grpc-status': status })
  })
  // The gaps are wide enough that a message is a chunk.
  stream.on('data', (message: Buffer) => {
    messages += 1
    if (!onMessage(stream, messages, message)) stream.write(message)
  })
  stream.once('end', () => stream.end())
}

async function against(
  onStream: (stream: ServerHttp2Stream) => void,
  done: (summary: Summary) => boolean,
  sent = lane,
  outcome: Outcome = 'ok',
) {
  const server = await listenHttp2(onStream)
  const { total, losses } = await runLoad(
    { targets: { http: [server.target] }, lanes: [sent], timeoutMs: limitFor(outcome) },
    done,
  )
  await server.close()
  return { total, losses, seen: JSON.stringify(losses), accepted: server.accepted }
}

/** Does it to the second message of a stream. */
function second(does: (stream: ServerHttp2Stream, message: Buffer) => void): OnMessage {
  return (stream, number, message) => {
    if (number === 2)
      afterRead(() => {
        does(stream, message)
      })
    return number >= 2
  }
}

const faults: Record<string, { readonly message: OnMessage; readonly outcome: LossCause }> = {
  'RST_STREAM instead of an answer': {
    message: second((stream) => {
      stream.close(2)
    }),
    outcome: 'cutInResponse',
  },
  'a connection that ends instead of an answer': {
    message: second((stream) => stream.session?.destroy()),
    outcome: 'cutInResponse',
  },
  'another message': {
    message: second((stream, message) => stream.write(Buffer.alloc(message.length))),
    outcome: 'hashMismatch',
  },
  'grpc-status 0 before the half-close instead of an answer': {
    message: second((stream) => stream.end()),
    outcome: 'cutInResponse',
  },
  silence: { message: second(() => undefined), outcome: 'timeout' },
}

describe('the gRPC stream client', () => {
  for (const [name, { message, outcome }] of Object.entries(faults)) {
    it(`books ${name} as ${outcome}, for the message and for the stream`, async () => {
      const { total, seen } = await against(
        (stream) => {
          echo(stream, message)
        },
        (summary) => summary.total.lost >= 4 && summary.total.ok >= 2,
        { ...lane, durationMs: 60_000 },
        outcome,
      )
      expect(total.lostByCause, seen).to.deep.equal({ [outcome]: total.lost })
    })
  }

  it('books a stream that is cut between two messages as one connectionCut', async () => {
    const { total, seen } = await against(
      (stream) => {
        echo(stream, (_stream, number, message) => {
          if (number < 2) return false
          stream.write(message)
          afterRead(() => stream.session?.destroy())
          return true
        })
      },
      (summary) => summary.total.lost >= 2 && summary.total.ok >= 4,
      // So that a loaded machine has not sent a third message by then.
      { ...lane, durationMs: 60_000, gapMs: 500 },
    )
    expect(total.lostByCause, seen).to.deep.equal({ connectionCut: total.lost })
  })

  it('books grpc-status 14 at the end of a stream as proxyError, and its messages as ok', async () => {
    let streams = 0
    const { total, seen } = await against(
      (stream) => {
        streams += 1
        echo(stream, () => false, '14')
      },
      (summary) => summary.total.lost >= 2 && summary.total.ok >= 4,
    )
    expect(total.lostByCause, seen).to.deep.equal({ proxyError: streams })
  })

  it('books a stream that the server does not end as a timeout', async () => {
    const { total, seen } = await against(
      (stream) => {
        stream.respond(grpc)
        stream.on('data', (message: Buffer) => stream.write(message))
      },
      (summary) => summary.total.lost >= 2 && summary.total.ok >= 4,
      lane,
      'timeout',
    )
    expect(total.lostByCause, seen).to.deep.equal({ timeout: total.lost })
  })

  it('finishes its stream after GOAWAY and begins the next one on a new connection', async () => {
    let streams = 0
    const { total, seen, accepted } = await against(
      (stream) => {
        streams += 1
        echo(stream, (_stream, number) => {
          if (number === 1) stream.session?.goaway(0, stream.id ?? 0)
          return false
        })
      },
      (summary) => summary.total.ok >= 16 && streams >= 3,
      // So that a loaded machine has read the GOAWAY before the stream's end.
      { ...lane, durationMs: 600 },
    )
    expect(total, seen).to.include({ lost: 0 })
    expect(accepted).to.equal(streams)
    // Every message, and the end of every stream.
    expect(total.ok).to.be.above(2 * streams)
  })

  it('books a closed port as refused, for the messages alone', async () => {
    const { total } = await runLoad(
      { targets: { http: [closedTarget] }, lanes: [lane] },
      (summary) => summary.total.lost >= 3,
    )
    expect(total.lostByCause).to.deep.equal({ refused: total.sent })
  })

  it('is answered by the origin, stream after stream on one connection', async () => {
    const origin = await startOrigin()
    const { total, losses } = await runLoad(
      { targets: { http: [origin.http], grpc: [origin.grpc] }, lanes: [{ ...lane, gapMs: 15 }] },
      (summary) => summary.total.ok >= 40,
    )
    await origin.close()
    expect(total, JSON.stringify(losses)).to.include({ lost: 0, connections: 1 })
  })
})
