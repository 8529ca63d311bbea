import { expect } from 'chai'
import { costsOf } from './costs.ts'

describe('what interception costs', () => {
  const rounds = Array.from({ length: 1001 }, (_, index) => index)
  /** A machine that becomes slower and slower, and jumps now and then. */
  const drift = rounds.map((round) => 0.1 + round / 1000 + (round % 10 === 0 ? 5 : 0))
  const later = (ms: number) => drift.map((one) => one + ms)

  it('is the median difference within rounds, whatever the machine does meanwhile', () => {
    const proxy = later(0.2)
    const samples = { direct: drift, proxy, again: proxy, intercepted: later(0.204) }
    const { proxyUs, interceptionUs, noiseUs } = costsOf(samples)
    expect(Math.round(proxyUs.median)).to.equal(200)
    expect(Math.round(interceptionUs.median)).to.equal(4)
    expect(noiseUs).to.deep.equal({ median: 0, from: 0, to: 0 })
  })

  it('has an interval in which 95 of 100 medians lie', () => {
    const zero = rounds.map(() => 0)
    const spread = rounds.map((round) => round / 1000)
    const samples = { direct: zero, proxy: zero, again: zero, intercepted: spread }
    const { median, from, to } = costsOf(samples).interceptionUs
    expect([median, from, to].map(Math.round)).to.deep.equal([500, 468, 532])
  })

  it('has the latencies of each way', () => {
    const samples = { direct: drift, proxy: drift, again: drift, intercepted: drift }
    const { latencyMs } = costsOf(samples)
    expect(latencyMs.direct.p50).to.be.closeTo(0.65, 0.2)
    expect(latencyMs.direct.p99).to.be.greaterThan(5.9)
  })

  it('is not told of ways that were not taken as often', () => {
    const samples = { direct: [1], proxy: [1], again: [1], intercepted: [] }
    const tell = () => costsOf(samples)
    expect(tell).to.throw(RangeError, 'intercepted: 0: not the same rounds of all')
  })
})
