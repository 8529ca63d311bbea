import { expect } from 'chai'
import { goodResponse, listenHttp, type OnRequest } from './faultyServer.ts'
import type { KeptLane } from './lane.ts'
import { limitFor, runLoad } from './runLoad.ts'
import type { Summary } from './summary.ts'

const lane: KeptLane = { kind: 'keepalive', connections: 2, gapMs: 0, perSecond: 400 }

async function against(does: OnRequest, done: (summary: Summary) => boolean, sent = lane) {
  const server = await listenHttp(does)
  const summary = await runLoad(
    { targets: { http: [server.target] }, lanes: [sent], timeoutMs: limitFor('timeout') },
    done,
  )
  await server.close()
  return summary
}

describe('clients without a gap', () => {
  it('send the next request as soon as the answer is there, one at a time', async () => {
    const onTheWay = new Map<number, number>()
    let most = 0
    const { total } = await against(
      (socket) => {
        const port = socket.remotePort ?? 0
        onTheWay.set(port, (onTheWay.get(port) ?? 0) + 1)
        most = Math.max(most, onTheWay.get(port) ?? 0)
        setTimeout(() => {
          onTheWay.set(port, (onTheWay.get(port) ?? 0) - 1)
          socket.write(goodResponse)
        }, 5)
      },
      (summary) => summary.total.ok >= 60,
    )
    expect(most).to.equal(1)
    expect(total).to.include({ lost: 0, skipped: 0, connections: 2 })
  })

  it('keep to their limit per second against a server that could do more', async () => {
    const { total, elapsedMs } = await against(
      (socket) => socket.write(goodResponse),
      (summary) => summary.total.ok >= 100,
      { ...lane, perSecond: 100 },
    )
    // One burst of each client may be ahead of the time.
    expect(total.sent).to.be.at.most((elapsedMs / 1000) * 100 + 40)
  })

  it('pause after a loss instead of counting thousands', async () => {
    const { total, elapsedMs } = await against(
      (socket) => socket.resetAndDestroy(),
      (summary) => summary.total.lost >= 20,
      { ...lane, perSecond: 100_000 },
    )
    expect(total.lostByCause).to.deep.equal({ resetBeforeResponse: total.sent })
    expect(total.sent).to.be.at.most((elapsedMs / 10) * 2 + 4)
  })

  it('go on after a server that was silent', async () => {
    let silent = true
    const { total } = await against(
      (socket) => {
        if (silent) return
        socket.write(goodResponse)
      },
      (summary) => {
        silent &&= summary.total.lost < 2
        return summary.total.ok >= 20
      },
    )
    expect(total.lostByCause.timeout).to.be.within(2, 4)
  })
})
