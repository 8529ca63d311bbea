import { expect } from 'chai'
import { createServer, type Http2Server, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo, Socket } from 'node:net'
import { afterRead, closedTarget, listenTcp } from './faultyServer.ts'
import {
  data,
  goaway,
  goawayAll,
  headers,
  requestedStreams,
  resetStream,
  settings,
} from './http2Frames.ts'
import type { Lane } from './lane.ts'
import type { Outcome } from './outcome.ts'
import type { Summary } from './summary.ts'
import { limitFor, runLoad } from './runLoad.ts'

const lane: Lane = { kind: 'http2', connections: 2, gapMs: 60 }
/** Leaves room for a stall of a busy machine between two requests of a client. */
const calm = { kind: 'http2', connections: 10, gapMs: 1000 } as const satisfies Lane
/** Every request comes from another client, so that none shares a connection with the next. */
const strangers: Lane = { kind: 'http2', connections: 100, gapMs: 3000 }

type Does = (socket: Socket, stream: number) => void

const cases: Record<string, { readonly does: Does; readonly outcome: Outcome }> = {
  'a full response': {
    does: (socket, id) => socket.write(Buffer.concat([headers(id, 200), data(id, 'ok', true)])),
    outcome: 'ok',
  },
  'a response without a body': {
    does: (socket, id) => socket.write(headers(id, 200, true)),
    outcome: 'ok',
  },
  'a full response and then GOAWAY': {
    does: (socket, id) => socket.write(Buffer.concat([headers(id, 200, true), goaway(id)])),
    outcome: 'ok',
  },
  'GOAWAY for all and then a full response': {
    does: (socket, id) => {
      socket.write(goawayAll)
      afterRead(() => socket.write(Buffer.concat([headers(id, 200), data(id, 'ok', true)])))
    },
    outcome: 'ok',
  },
  'a full response, GOAWAY and EOF in one': {
    does: (socket, id) =>
      socket.end(Buffer.concat([headers(id, 200), data(id, 'ok', true), goaway(id)])),
    outcome: 'ok',
  },
  'GOAWAY below the stream': {
    does: (socket, id) => socket.write(goaway(id - 1)),
    outcome: 'goawayAbove',
  },
  'GOAWAY with an error below the stream': {
    does: (socket, id) => socket.write(goaway(id - 1, 2)),
    outcome: 'goawayAbove',
  },
  'GOAWAY with an error that covers the stream': {
    does: (socket, id) => socket.write(goaway(id, 2)),
    outcome: 'goawayBelow',
  },
  'GOAWAY that covers the stream and EOF': {
    does: (socket, id) => {
      socket.write(goaway(id))
      afterRead(() => socket.end())
    },
    outcome: 'goawayBelow',
  },
  'GOAWAY for all and a reset': {
    does: (socket) => {
      socket.write(goawayAll)
      afterRead(() => socket.resetAndDestroy())
    },
    outcome: 'goawayBelow',
  },
  'an EOF instead of a response': {
    does: (socket) => socket.end(),
    outcome: 'eofBeforeResponse',
  },
  'a reset instead of a response': {
    does: (socket) => socket.resetAndDestroy(),
    outcome: 'resetBeforeResponse',
  },
  'RST_STREAM instead of a response': {
    does: (socket, id) => socket.write(resetStream(id, 2)),
    outcome: 'resetBeforeResponse',
  },
  'RST_STREAM without an error instead of a response': {
    does: (socket, id) => socket.write(resetStream(id, 0)),
    outcome: 'resetBeforeResponse',
  },
  'an EOF in the response': {
    does: (socket, id) => {
      socket.write(Buffer.concat([headers(id, 200), data(id, 'o', false)]))
      afterRead(() => socket.end())
    },
    outcome: 'cutInResponse',
  },
  'RST_STREAM in the response': {
    does: (socket, id) => socket.write(Buffer.concat([headers(id, 200), resetStream(id, 2)])),
    outcome: 'cutInResponse',
  },
  'GOAWAY for all and a reset in the response': {
    does: (socket, id) => {
      socket.write(Buffer.concat([goawayAll, headers(id, 200), data(id, 'o', false)]))
      afterRead(() => socket.resetAndDestroy())
    },
    outcome: 'cutInResponse',
  },
  'a 500': {
    does: (socket, id) => socket.write(headers(id, 500, true)),
    outcome: 'proxyError',
  },
  'a 404': {
    does: (socket, id) => socket.write(headers(id, 404, true)),
    outcome: 'badStatus',
  },
  'an answer in HTTP/1.1': {
    does: (socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'),
    outcome: 'badStatus',
  },
  silence: {
    does: () => undefined,
    outcome: 'timeout',
  },
}

async function listenFrames(does: Does) {
  return listenTcp((socket) => {
    let received = Buffer.alloc(0)
    let answered = 0
    socket.write(settings)
    socket.on('data', (bytes) => {
      received = Buffer.concat([received, bytes])
      for (const stream of requestedStreams(received).slice(answered)) {
        answered += 1
        does(socket, stream)
      }
    })
  })
}

async function withNodeServer(
  onStream: (stream: ServerHttp2Stream) => void,
  done: (summary: Summary) => boolean,
  sent: Lane = lane,
  timeoutMs = limitFor('ok'),
) {
  const server: Http2Server = createServer()
  server.on('stream', onStream)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const summary = await runLoad(
    { targets: { http: [{ host: '127.0.0.1', port }] }, lanes: [sent], timeoutMs },
    done,
  )
  server.close()
  return summary
}

describe('the HTTP/2 client', () => {
  for (const [name, { does, outcome }] of Object.entries(cases)) {
    it(`books ${name} as ${outcome}`, async () => {
      const server = await listenFrames(does)
      const { total, losses } = await runLoad(
        { targets: { http: [server.target] }, lanes: [strangers], timeoutMs: limitFor(outcome) },
        (summary) => summary.total.sent - summary.total.pending >= 4,
      )
      await server.close()
      if (outcome === 'ok') expect(total, JSON.stringify(losses)).to.include({ lost: 0 })
      else
        expect(total.lostByCause, JSON.stringify(losses)).to.deep.equal({ [outcome]: total.sent })
    })
  }

  it('books a closed port as refused', async () => {
    const { total } = await runLoad(
      { targets: { http: [closedTarget] }, lanes: [lane] },
      (summary) => summary.total.lost >= 4,
    )
    expect(total.lostByCause).to.deep.equal({ refused: total.sent })
  })

  it('sends all requests of a client over one connection', async () => {
    const { total } = await withNodeServer(
      (stream) => {
        stream.respond()
        stream.end('ok\n')
      },
      (summary) => summary.total.ok >= 10,
    )
    expect(total).to.include({ lost: 0, connections: 2 })
  })

  it('opens a new connection after GOAWAY, before it sends', async () => {
    const { total } = await withNodeServer(
      (stream) => {
        stream.respond()
        stream.end('ok\n')
        stream.session?.goaway()
      },
      (summary) => summary.total.ok >= 15,
      calm,
    )
    expect(total).to.include({ lost: 0, connections: total.sent })
  })

  it('sends on a new connection what GOAWAY kept the library from sending', async () => {
    const crowd: Lane = { kind: 'http2', connections: 1, gapMs: 1 }
    const { total, losses } = await withNodeServer(
      (stream) => {
        stream.respond()
        stream.end('ok\n')
        // In the middle of a stream of requests, so that some are handed over and not yet written.
        if (stream.id === 9) stream.session?.goaway(0, 2 ** 31 - 1)
      },
      // A loaded machine has more requests between two GOAWAYs.
      ({ total }) => total.ok >= 500 && total.connections > 20,
      crowd,
      limitFor('timeout'),
    )
    // A loaded Node server may leave a request that it has read without an answer: a timeout.
    const { goawayBelow = 0 } = total.lostByCause
    expect(goawayBelow, JSON.stringify(losses)).to.equal(0)
  })

  it('books an EOF while idle as no loss', async () => {
    const { total } = await withNodeServer(
      (stream) => {
        stream.respond()
        stream.end('ok\n')
        const { session } = stream
        stream.once('close', () => {
          afterRead(() => session?.destroy())
        })
      },
      (summary) => summary.total.ok >= 15,
      calm,
    )
    expect(total.lost).to.equal(0)
    expect(total.connections).to.be.above(calm.connections)
  })
})
