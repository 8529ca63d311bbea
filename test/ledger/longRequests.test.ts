import { expect } from 'chai'
import { goodResponse, listenHttp, type OnRequest } from './faultyServer.ts'
import type { LongLane } from './lane.ts'
import { startOrigin } from './origin.ts'
import type { Outcome } from './outcome.ts'
import { limitFor, runLoad } from './runLoad.ts'

function lane(kind: LongLane['kind']): LongLane {
  return { kind, perSecond: 20, durationMs: 200 }
}

const faults: Record<
  string,
  { readonly kind: LongLane['kind']; readonly does: OnRequest; readonly outcome: Outcome }
> = {
  'an upload that is answered before its end': {
    kind: 'upload',
    does: (socket) => socket.write(goodResponse),
    outcome: 'badStatus',
  },
  'an upload that is refused before its end': {
    kind: 'upload',
    does: (socket) => socket.write('HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n'),
    outcome: 'proxyError',
  },
  'an upload of which the server got less': {
    kind: 'upload',
    does: (socket) => {
      socket.on('data', (bytes) => {
        if (bytes.toString('latin1').endsWith('\r\n0\r\n\r\n')) {
          socket.write('HTTP/1.1 200 OK\r\nX-Received-Bytes: 7\r\nContent-Length: 0\r\n\r\n')
        }
      })
    },
    outcome: 'hashMismatch',
  },
  'an upload that is cut': {
    kind: 'upload',
    does: (socket) => setTimeout(() => socket.resetAndDestroy(), 50),
    outcome: 'resetBeforeResponse',
  },
  'a stream that is cut and neatly ended': {
    kind: 'stream',
    does: (socket) =>
      socket.end('HTTP/1.1 200 OK\r\nX-Body-Bytes: 9\r\nContent-Length: 3\r\n\r\nok\n'),
    outcome: 'cutInResponse',
  },
  'a stream with bytes that nobody announced': {
    kind: 'stream',
    does: (socket) =>
      socket.end('HTTP/1.1 200 OK\r\nX-Body-Bytes: 2\r\nContent-Length: 3\r\n\r\nok\n'),
    outcome: 'hashMismatch',
  },
  'a slow request that is never answered': {
    kind: 'slow',
    does: () => undefined,
    outcome: 'timeout',
  },
}

describe('slow requests, uploads and streams', () => {
  it('are ok against a good server, and take as long as they should', async () => {
    const origin = await startOrigin()
    const summary = await runLoad(
      {
        targets: { http: [origin.http], tcp: [origin.tcp] },
        lanes: [
          lane('slow'),
          lane('upload'),
          lane('stream'),
          { kind: 'short', perSecond: 20 },
          { kind: 'keepalive', connections: 2, gapMs: 100 },
          { kind: 'http2', connections: 2, gapMs: 100 },
          { kind: 'tcp', connections: 2, gapMs: 100 },
        ],
        timeoutMs: limitFor('ok'),
      },
      ({ kinds }) => Object.values(kinds).every((row) => row.ok >= 3),
    )
    await origin.close()
    expect(summary.total.lost, JSON.stringify(summary.losses)).to.equal(0)
    for (const kind of ['slow', 'upload', 'stream'] as const) {
      expect(summary.kinds[kind]?.latencyMs.p50).to.be.at.least(180)
    }
  })

  for (const [name, { kind, does, outcome }] of Object.entries(faults)) {
    it(`books ${name} as ${outcome}`, async () => {
      const server = await listenHttp(does)
      const { total, losses } = await runLoad(
        { targets: { http: [server.target] }, lanes: [lane(kind)], timeoutMs: limitFor(outcome) },
        (summary) => summary.total.lost >= 2,
      )
      await server.close()
      expect(total.lostByCause, JSON.stringify(losses)).to.deep.equal({ [outcome]: total.sent })
    })
  }

  it('have their own duration in their time limit', async () => {
    const server = await listenHttp((socket) => setTimeout(() => socket.write(goodResponse), 300))
    const { total } = await runLoad(
      {
        targets: { http: [server.target] },
        lanes: [{ ...lane('slow'), durationMs: 10_000 }],
        timeoutMs: 200,
      },
      (summary) => summary.total.ok >= 2,
    )
    await server.close()
    expect(total.lost).to.equal(0)
  })
})
