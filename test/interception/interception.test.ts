import { expect } from 'chai'
import type { Method, Order, Result } from './order.ts'
import { runOne } from './runOne.ts'
import { compareWays } from './ways.ts'

/** The benchmark made small enough for every test run; `npm run bench:interception` does the rest. */
const SMALL = { perSecond: 15, upgrades: false } as const

/** A control begins no other run after this time. */
const CONTROL_MS = 80_000

function lostOf({ inbound, outbound, onlyByProxy }: Result): number {
  return inbound.lost + outbound.lost + (onlyByProxy?.lost ?? 0)
}

function losses({ inbound, outbound, onlyByProxy }: Result): readonly string[] {
  return [inbound, outbound, onlyByProxy].flatMap((one) => one?.firstLosses ?? [])
}

describe('interception under load, in and out, IPv4 and IPv6', function () {
  this.timeout(120_000)

  before(function () {
    if (process.getuid?.() !== 0) this.skip()
  })

  const run = (order: Partial<Order> & Pick<Order, 'method' | 'what' | 'times'>): Promise<Result> =>
    runOne({ ...SMALL, ...order })

  it('is toggled without a loss, and its proxy upgraded in between', async () => {
    const result = await run({ method: 'baton', what: 'toggle', times: 10, upgrades: true })
    expect(losses(result)).to.deep.equal([])
    expect(result.inbound.skipped + result.outbound.skipped).to.equal(0)
    for (const { kinds } of [result.inbound, result.outbound]) {
      expect(Object.values(kinds).every(({ sent }) => sent > 5)).to.equal(true)
    }
  })

  it('changes its terms without letting a connection by', async () => {
    const result = await run({ method: 'baton', what: 'change', times: 6 })
    expect(losses(result)).to.deep.equal([])
    expect(result.onlyByProxy?.sent).to.be.greaterThan(100)
  })

  const controls: readonly (readonly [Method, Order['what'], number, string])[] = [
    ['two-step', 'change', 12, 'when the rules go and come in two steps'],
    ['no-anchor', 'toggle', 4, 'without the anchor'],
    ['no-syn', 'toggle', 4, 'when not only opening packets are redirected'],
  ]
  for (const [method, what, times, when] of controls) {
    it(`loses ${when}`, async () => {
      // By chance one run may lose nothing: a request must come just then.
      const end = performance.now() + CONTROL_MS
      let lost = 0
      while (lost === 0 && performance.now() < end) {
        lost = lostOf(await run({ method, what, times }))
      }
      expect(lost).to.be.greaterThan(0)
    })
  }

  // What they cost is for benchmarks: beside other suites the medians of so few say nothing.
  it('is compared with its proxy and without, by ways of which each answer says where it went', async () => {
    const rows = await compareWays(40)
    expect(rows).to.have.length(8)
    for (const { costs } of rows) {
      for (const { median, from, to } of [costs.proxyUs, costs.interceptionUs]) {
        expect(median).to.be.within(from, to)
      }
    }
  })
})
