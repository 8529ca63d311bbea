import { expect } from 'chai'
import { formatPage } from './page.ts'
import type { RolloutDocument, RolloutRow } from './row.ts'

const row: RolloutRow = {
  name: 'Baton',
  kind: 'baton',
  pods: 1000,
  maxUnavailable: '10%',
  upgrade: 1,
  completed: true,
  upgraded: 1000,
  seconds: 12.34,
  writesPerPod: { pods: { 'patch pods': 1, 'patch pods/status': 1 }, events: 0.5, other: 0.25 },
  cpuSeconds: 5.4,
  serverCpuSeconds: 9.2,
  tailSeconds: 3.4,
  residentMiB: 120,
  peakResidentMiB: 150,
  load: 1,
}
const document: RolloutDocument = {
  name: 'rollout',
  at: '2026-01-02T03:04:05Z',
  machine: '2 cores',
  versions: { Baton: '0.1.0' },
  terms: { restartMs: 1000, pullMs: 1000, handoverMs: 200, operator: {} },
  rows: [row],
}

describe('the page of the rollout benchmark', () => {
  it('puts the rows of all runs into one table, with versions and machine', () => {
    const peer = { ...row, name: 'OpenKruise 1.8.3', kind: 'peer' as const }
    const other = { ...document, versions: { OpenKruise: 'v1.8.3' }, rows: [peer] }
    const page = formatPage([other, document])
    expect(page).to.contain('Measured 2026-01-02 on 2 cores: OpenKruise 1.8.3, Baton 0.1.0.')
    const [first, second] = page.split('\n').filter((line) => line.startsWith('| 1,000'))
    expect(first).to.equal(
      '| 1,000 | 10% | Baton | 12.3 | 2.00 | 0.50 | 3 | 5.4 | 9.2 | 120 | 150 | 1 |',
    )
    expect(second).to.contain('OpenKruise 1.8.3')
  })
  it('says of a rollout that was given up how far it came', () => {
    const late = { ...row, completed: false, upgraded: 310, seconds: 600.4 }
    const page = formatPage([{ ...document, rows: [late] }])
    expect(page).to.contain('| given up after 600, 310 upgraded |')
  })
  it('refuses documents without a row', () => {
    expect(() => formatPage([{ ...document, rows: [] }])).to.throw('nothing to put on a page')
  })
})
