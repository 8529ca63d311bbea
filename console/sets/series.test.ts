import { expect } from 'chai'
import { createSeries } from './series.ts'

const point = (at: number, left = 0) => ({ at, left, drained: 0, cut: 0 })

describe('the series of a set', () => {
  it('takes each change at once and what stays the same seldom', () => {
    const series = createSeries()
    const taken = [
      series.add(point(0)),
      series.add(point(1_000)),
      series.add(point(2_000, 7)),
      series.add(point(2_500, 7)),
      series.add(point(7_500, 7)),
    ]
    expect(taken).to.deep.equal([true, false, true, false, true])
  })

  it('forgets what is older than its plots', () => {
    const series = createSeries()
    for (let at = 0; at < 700; at++) series.add(point(at, at))
    expect(series.points()).to.have.lengthOf(600)
    expect(series.points().at(-1)?.left).to.equal(699)
  })
})
