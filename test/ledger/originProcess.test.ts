import { expect } from 'chai'
import { LedgerError } from './error.ts'
import { startOriginProcess } from './originProcess.ts'
import { standardProfile } from './profile.ts'
import { runLoad } from './runLoad.ts'

describe('an origin in its own process', () => {
  it('answers every kind of client', async () => {
    const origin = await startOriginProcess()
    try {
      const { http, grpc, tcp, dubbo } = origin
      const all = { tcp: true, grpc: true, websocket: true, dubbo: true }
      const lanes = standardProfile({ scale: 0.2, ...all })
      const { total, losses } = await runLoad(
        {
          targets: { http: [http], grpc: [grpc], tcp: [tcp], dubbo: [dubbo] },
          lanes,
        },
        ({ rows }) => Object.values(rows).every((row) => row.ok >= 1 || row.sent >= 1),
      )
      expect(total.lost, JSON.stringify(losses)).to.equal(0)
    } finally {
      await origin.close()
    }
  })

  it('says so when it cannot listen', async () => {
    const origin = await startOriginProcess()
    const error = await startOriginProcess({ ports: { http: origin.http.port } }).catch(
      (error: unknown) => error,
    )
    await origin.close()
    expect(error).to.be.instanceOf(LedgerError).with.property('code', 'LEDGER_PROCESS')
  })
})
