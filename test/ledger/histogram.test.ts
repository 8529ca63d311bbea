import { expect } from 'chai'
import { Histogram } from './histogram.ts'

describe('a histogram', () => {
  it('gives percentiles that are at most 2 % too high, and the exact maximum', () => {
    const histogram = new Histogram()
    for (let ms = 1; ms <= 1000; ms += 1) histogram.add(ms)
    expect(histogram.percentileMs(0.5)).to.be.within(500, 510)
    expect(histogram.percentileMs(0.99)).to.be.within(990, 1000)
    expect(histogram.percentileMs(1)).to.equal(1000)
    expect(histogram.maxMs).to.equal(1000)
    expect(histogram.size).to.equal(1000)
  })

  for (const ms of [0, 0.001, 0.5, 30_000, 10_000_000]) {
    it(`takes ${ms} ms alone`, () => {
      const histogram = new Histogram()
      histogram.add(ms)
      expect(histogram.maxMs).to.equal(ms)
      expect(histogram.percentileMs(0.5)).to.be.within(ms * 0.1, ms)
    })
  }

  it('is 0 when empty', () => {
    const histogram = new Histogram()
    expect([histogram.percentileMs(0.99), histogram.maxMs, histogram.size]).to.deep.equal([0, 0, 0])
  })
})
