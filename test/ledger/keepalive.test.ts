import { expect } from 'chai'
import { afterRead, goodResponse, listenHttp, type OnRequest } from './faultyServer.ts'
import type { Lane } from './lane.ts'
import type { GeneratorOptions } from './options.ts'
import type { Summary } from './summary.ts'
import { limitFor, runLoad } from './runLoad.ts'

const lane: Lane = { kind: 'keepalive', connections: 2, gapMs: 60 }
/** Leaves room for a stall of a busy machine where a test wants an idle connection. */
const calm = { kind: 'keepalive', connections: 10, gapMs: 1000 } as const satisfies Lane

async function against(
  does: OnRequest,
  done: (summary: Summary) => boolean,
  options: Partial<GeneratorOptions> = {},
) {
  const server = await listenHttp(does)
  const summary = await runLoad(
    { targets: { http: [server.target] }, lanes: [lane], timeoutMs: limitFor('ok'), ...options },
    done,
  )
  await server.close()
  return { summary, total: summary.total, accepted: server.accepted }
}

describe('the keep-alive client', () => {
  it('sends all requests of a client over one connection', async () => {
    const { total, accepted } = await against(
      (socket) => socket.write(goodResponse),
      (summary) => summary.total.ok >= 15,
      { lanes: [calm] },
    )
    expect(total).to.include({ lost: 0, connections: calm.connections, idleCloses: 0 })
    expect(accepted).to.equal(calm.connections)
  })

  it('books an EOF while idle as no loss and dials anew', async () => {
    const { total } = await against(
      (socket) => {
        socket.write(goodResponse)
        afterRead(() => socket.end())
      },
      (summary) => summary.total.ok >= 15 && summary.total.idleCloses >= 4,
      { lanes: [calm] },
    )
    expect(total.lost).to.equal(0)
    expect(total.connections).to.be.above(calm.connections)
  })

  it('books a reset while idle as no loss', async () => {
    const { total } = await against(
      (socket) => {
        socket.write(goodResponse)
        afterRead(() => socket.resetAndDestroy())
      },
      (summary) => summary.total.ok >= 15 && summary.total.idleCloses >= 4,
      { lanes: [calm] },
    )
    expect(total.lost).to.equal(0)
  })

  for (const [end, outcome] of [
    ['EOF', 'eofBeforeResponse'],
    ['reset', 'resetBeforeResponse'],
  ] as const) {
    it(`books a ${end} that answers the second request as ${outcome}`, async () => {
      const { total, summary } = await against(
        (socket, request) => {
          if (request === 1) socket.write(goodResponse)
          else if (end === 'EOF') socket.end()
          else socket.resetAndDestroy()
        },
        (summary) => summary.total.lost >= 3,
        { lanes: [calm] },
      )
      expect(total.lostByCause).to.deep.equal({ [outcome]: total.lost })
      expect(total.ok).to.be.at.least(total.lost)
      expect(summary.losses[0]).to.include({ requestNumber: 2, cause: outcome })
      expect(summary.losses[0]?.connectionAgeMs).to.be.at.least(20)
    })
  }

  it('opens a new connection after Connection: close', async () => {
    const { total, accepted } = await against(
      (socket, request) => {
        expect(request).to.equal(1)
        socket.write('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
      },
      (summary) => summary.total.ok >= 5,
    )
    expect(total).to.include({ lost: 0, connections: total.sent })
    expect(accepted).to.equal(total.sent)
  })

  it('keeps a connection on which a 503 was answered in full', async () => {
    const { total } = await against(
      (socket) => socket.write('HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n'),
      (summary) => summary.total.lost >= 15,
      { lanes: [calm] },
    )
    expect(total.lostByCause).to.deep.equal({ proxyError: total.sent })
    expect(total.connections).to.equal(calm.connections)
  })

  it('leaves no request out while earlier ones are pending', async () => {
    let pending = 0
    let most = 0
    const { total } = await against(
      (socket) => {
        pending += 1
        most = Math.max(most, pending)
        setTimeout(() => {
          pending -= 1
          socket.write(goodResponse)
        }, 150)
      },
      // 60 ms apart, 150 ms each: three connections a client; one after the other were two in all.
      (summary) => summary.total.ok >= 10 && summary.total.connections >= 5 && most >= 5,
    )
    expect(total).to.include({ lost: 0, skipped: 0 })
  })

  it('counts what it skips above the limit of pending requests', async () => {
    const { total } = await against(
      () => undefined,
      (summary) => summary.total.skipped >= 3,
      { maxPending: 2, timeoutMs: limitFor('timeout') },
    )
    expect(total.lostByCause).to.deep.equal({ timeout: total.sent })
    expect(total.sent).to.be.at.least(2)
  })
})
