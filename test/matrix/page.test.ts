import { expect } from 'chai'
import { formatPage } from './page.ts'
import type { Counts, Method, Row, Run } from './row.ts'
import { KINDS } from './row.ts'
import { formatRun } from './table.ts'
import { problemOf } from './verdict.ts'

const latency = { p50: 1.234, p99: 20_133, max: 20_200 }

function counts(fields: Partial<Counts> = {}): Counts {
  return {
    ...{ sent: 20_000, ok: 20_000, lost: 0, lostByCause: {}, upperBound: 0.000_15 },
    ...{ skipped: 0, abandoned: 0, quietMs: latency, upgradeMs: latency },
    ...fields,
  }
}

const lost = counts({ lost: 7, ok: 19_993, lostByCause: { connectionCut: 7 } })

function run(method: Method, rows: readonly Partial<Row>[], fields: Partial<Run> = {}): Run {
  const versions = ['HAProxy 1', 'HAProxy 2'] as const
  const shared = { proxy: 'haproxy', method, versions }
  return {
    ...{ ...shared, what: 'master-worker', how: 'somehow', at: '2026-01-02T03:04:05Z' },
    ...{ seconds: 200, upgrades: 2, upgradeSeconds: [30.1, 31.2], connectionsCut: 7 },
    ...{ kernel: { ListenDrops: 0 }, generator: { cpuShare: 0.5, lateP99Ms: 3 } },
    rows: rows.map((row) => ({ client: 'short', kind: KINDS[method], ...shared, ...row })),
    ...fields,
  }
}

const asked = { requests: 20_000, perSecond: 150, upgrades: 2 }
const machine = { processors: 2, memoryGiB: 24, kernel: '6.1' }

describe('the page of the matrix', () => {
  const page = formatPage(
    {
      v: 1,
      asked,
      runs: [
        run('baton', [{ counts: counts() }, { client: 'tcp-endless', counts: lost }]),
        run('own', [], { impossible: 'it has no reload' }),
        run('stop-start', [{ counts: counts({ lost: 300, lostByCause: { refused: 300 } }) }]),
      ],
    },
    machine,
  )

  it('gives the upper bound next to a 0', () => {
    expect(page).to.contain('| short HTTP/1.1 | 20,000 | 0 (< 0.015 %) | - | 300 |')
  })

  it('says in a sentence why a cell of Baton is not 0', () => {
    expect(page).to.match(/- haproxy, raw TCP, endless: 7 of 20,000 \(7 connectionCut\). Conn.*cut/)
  })

  it('says why a method is missing', () => {
    expect(page).to.contain('- own: none, it has no reload.')
  })

  it('gives latencies above a second in seconds', () => {
    expect(page).to.contain('| 1.2 / 20.1 s |')
  })

  it('shows the same rows in a terminal', () => {
    expect(formatRun(run('baton', [{ counts: lost }]))).to.contain('7 connectionCut')
  })
})

describe('a run of the matrix', () => {
  it('that is a control proves nothing when it lost nothing', () => {
    expect(problemOf(run('stop-start', [{ counts: counts() }]))).to.contain('blind')
  })

  it('proves nothing when requests were not sent', () => {
    expect(problemOf(run('baton', [{ counts: counts({ skipped: 3 }) }]))).to.contain('3 requests')
  })

  it('that failed says why', () => {
    expect(problemOf(run('own', [], { failed: 'no answer\nat x' }))).to.equal('failed: no answer')
  })

  it('is no problem when it lost something, or is impossible', () => {
    expect(problemOf(run('baton', [{ counts: lost }]))).to.equal(undefined)
    expect(problemOf(run('own', [], { impossible: 'none' }))).to.equal(undefined)
  })
})
