import { expect } from 'chai'
import { goodResponse, listenHttp } from './faultyServer.ts'
import { Ledger } from './ledger.ts'
import { startLoad } from './load.ts'
import { formatReport } from './report.ts'
import { until } from './until.ts'

describe('marked windows', () => {
  it('hold what was due in them, however late it ends, and add up under one name', () => {
    const clock = { ms: 0 }
    const ledger = new Ledger({ now: () => clock.ms })
    const book = ledger.lane('short', 'a')
    book.open(0, 0).end('ok')
    clock.ms = 100
    ledger.mark('quiet')
    const late = book.open(0, 100)
    clock.ms = 200
    ledger.mark('upgrade')
    late.end('ok')
    book.open(0, 200).end('refused')
    clock.ms = 300
    ledger.mark('quiet')
    book.open(0, 300).end('ok')
    const row = ledger.rows(300)['a']
    expect(row?.ok).to.equal(3)
    expect(row?.windows).to.deep.equal({
      quiet: { ok: 2, lost: 0, latencyMs: { p50: 0.01, p99: 100, max: 100 } },
      upgrade: { ok: 0, lost: 1, latencyMs: { p50: 0, p99: 0, max: 0 } },
    })
    expect(ledger.windows.map(({ name }) => name)).to.deep.equal(['quiet', 'upgrade', 'quiet'])
    ledger.audit()
  })

  it('can be begun in a running load, and are rows of the report', async () => {
    const server = await listenHttp((socket) => socket.write(goodResponse))
    const load = await startLoad({
      targets: { http: [server.target] },
      lanes: [{ kind: 'keepalive', label: 'gap 20', connections: 2, gapMs: 20 }],
    })
    try {
      await load.mark('quiet')
      await until('quiet requests', async () => {
        const { rows } = await load.snapshot()
        return (rows['gap 20']?.windows['quiet']?.ok ?? 0) >= 5
      })
      await load.mark('upgrade')
      await until('requests in the upgrade', async () => {
        const { rows } = await load.snapshot()
        return (rows['gap 20']?.windows['upgrade']?.ok ?? 0) >= 5
      })
      const summary = await load.stop()
      expect(formatReport(summary)).to.match(/^gap 20 .*\n {2}quiet +\d+ .*\n {2}upgrade +\d+ /m)
    } finally {
      load.abort()
      await server.close()
    }
  })
})
