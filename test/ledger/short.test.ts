import { expect } from 'chai'
import {
  afterRead,
  closedTarget,
  listenHttp,
  goodResponse,
  type OnRequest,
} from './faultyServer.ts'
import type { Outcome } from './outcome.ts'
import { limitFor, runLoad } from './runLoad.ts'

const chunkedHead = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'

const cases: Record<string, { readonly does: OnRequest; readonly outcome: Outcome }> = {
  'a full response': {
    does: (socket) => socket.end(goodResponse),
    outcome: 'ok',
  },
  'a full response and no close': {
    does: (socket) => socket.write(goodResponse),
    outcome: 'ok',
  },
  'a chunked response': {
    does: (socket) => socket.end(`${chunkedHead}3\r\nok\n\r\n0\r\n\r\n`),
    outcome: 'ok',
  },
  'a response that ends with the connection': {
    does: (socket) => socket.end('HTTP/1.1 200 OK\r\n\r\nok\n'),
    outcome: 'ok',
  },
  'an interim response before the real one': {
    does: (socket) => socket.write(`HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n${goodResponse}`),
    outcome: 'ok',
  },
  'a reset instead of a response': {
    does: (socket) => socket.resetAndDestroy(),
    outcome: 'resetBeforeResponse',
  },
  'an EOF instead of a response': {
    does: (socket) => socket.end(),
    outcome: 'eofBeforeResponse',
  },
  'an EOF in the head': {
    does: (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Le'),
    outcome: 'cutInResponse',
  },
  'an EOF in the body': {
    does: (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok\n'),
    outcome: 'cutInResponse',
  },
  'a reset in the body': {
    does: (socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok\n', () => {
        afterRead(() => socket.resetAndDestroy())
      })
    },
    outcome: 'cutInResponse',
  },
  'an EOF before the last chunk': {
    does: (socket) => socket.end(`${chunkedHead}3\r\nok\n\r\n`),
    outcome: 'cutInResponse',
  },
  'a 503': {
    does: (socket) => socket.end('HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n'),
    outcome: 'proxyError',
  },
  'a 404': {
    does: (socket) => socket.end('HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n'),
    outcome: 'badStatus',
  },
  'an answer that is not HTTP': {
    does: (socket) => socket.end('+OK POP3 ready\r\n\r\n'),
    outcome: 'badStatus',
  },
  silence: {
    does: () => undefined,
    outcome: 'timeout',
  },
  'silence in the middle of the body': {
    does: (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok\n'),
    outcome: 'timeout',
  },
}

describe('the short client', () => {
  for (const [name, { does, outcome }] of Object.entries(cases)) {
    it(`books ${name} as ${outcome}`, async () => {
      const server = await listenHttp(does)
      const { total, losses } = await runLoad(
        {
          targets: { http: [server.target] },
          lanes: [{ kind: 'short', perSecond: 50 }],
          timeoutMs: limitFor(outcome),
        },
        (summary) => summary.total.sent - summary.total.pending >= 3,
      )
      await server.close()
      expect(total.sent).to.be.at.least(3)
      if (outcome === 'ok') expect(total).to.include({ ok: total.sent, lost: 0 })
      else {
        expect(total).to.deep.include({ ok: 0, lostByCause: { [outcome]: total.sent } })
        expect(losses[0]).to.include({ cause: outcome, kind: 'short', requestNumber: 1 })
        // As old as it was when the request was sent.
        expect(losses[0]?.connectionAgeMs).to.be.below(limitFor('timeout'))
      }
      expect(total.connections).to.equal(total.sent)
    })
  }

  it('books a closed port as refused', async () => {
    const { total, losses } = await runLoad(
      { targets: { http: [closedTarget] }, lanes: [{ kind: 'short', perSecond: 50 }] },
      (summary) => summary.total.lost >= 3,
    )
    expect(total.lostByCause).to.deep.equal({ refused: total.sent })
    expect(losses[0]).to.include({ detail: 'ECONNREFUSED', requestNumber: 0 })
  })

  it('books a source address that this machine does not have as its own error', async () => {
    const server = await listenHttp((socket) => socket.end(goodResponse))
    const { total } = await runLoad(
      {
        targets: { http: [server.target] },
        lanes: [{ kind: 'short', perSecond: 50 }],
        localAddresses: ['192.0.2.1'],
      },
      (summary) => summary.total.lost >= 2,
    )
    await server.close()
    expect(total.lostByCause).to.deep.equal({ clientError: total.sent })
  })

  it('uses targets and source addresses in turn', async () => {
    const seen = new Set<string>()
    const answer: OnRequest = (socket) => {
      seen.add(`${socket.remoteAddress ?? ''} to ${socket.localPort === first ? 'a' : 'b'}`)
      socket.end(goodResponse)
    }
    const servers = [await listenHttp(answer), await listenHttp(answer)]
    const first = servers[0]?.target.port
    await runLoad(
      {
        targets: { http: servers.map((server) => server.target) },
        lanes: [{ kind: 'short', perSecond: 50 }],
        localAddresses: ['127.0.0.2', '127.0.0.3'],
      },
      (summary) => summary.total.ok >= 4,
    )
    for (const server of servers) await server.close()
    expect([...seen].sort()).to.deep.equal([
      '127.0.0.2 to a',
      '127.0.0.2 to b',
      '127.0.0.3 to a',
      '127.0.0.3 to b',
    ])
  })

  it('sees the restart of a naive server as loss', async () => {
    const answer: OnRequest = (socket) => socket.end(goodResponse)
    let server = await listenHttp(answer)
    const { port } = server.target
    let step: 'before' | 'restarting' | 'after' = 'before'
    let closedAt = 0
    const { total, timeline } = await runLoad(
      { targets: { http: [server.target] }, lanes: [{ kind: 'short', perSecond: 200 }] },
      (summary) => {
        if (step === 'before' && summary.total.ok >= 20) {
          step = 'restarting'
          closedAt = performance.now()
          void server.close()
        } else if (
          step === 'restarting' &&
          performance.now() - closedAt > 50 &&
          (summary.total.lostByCause.refused ?? 0) >= 10
        ) {
          step = 'after'
          void listenHttp(answer, port).then((restarted) => (server = restarted))
        }
        return step === 'after' && summary.total.ok >= 60
      },
    )
    await server.close()
    expect(total.lostByCause.refused).to.be.at.least(10)
    expect(total.maxGapMs).to.be.at.least(40)
    expect(timeline.lost.reduce((sum, lost) => sum + lost, 0)).to.equal(total.lost)
    expect(timeline.ok.reduce((sum, ok) => sum + ok, 0)).to.equal(total.ok)
  })
})
