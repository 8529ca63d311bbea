import { expect } from 'chai'
import { growthOf, lineOf, SPAN_MS } from './plot.ts'

const size = { width: 100, height: 43, now: SPAN_MS }
const point = (at: number, left: number) => ({ at, left, drained: 0, cut: left })

describe('a plot', () => {
  it('holds each value until the next and ends at the right edge', () => {
    const line = lineOf([point(0, 0), point(SPAN_MS / 2, 4)], ({ left }) => left, size)
    expect(line).to.deep.equal({ path: 'M0 42H50V2H100', top: 4, last: 4 })
  })

  it('starts with what held before its span', () => {
    const later = { ...size, now: 2 * SPAN_MS }
    const line = lineOf([point(0, 4), point(10, 2)], ({ left }) => left, later)
    expect(line.path).to.equal('M0 2H100')
  })

  it('of zeros is a line at the bottom, and of nothing no line', () => {
    expect(lineOf([point(0, 0)], ({ left }) => left, size).path).to.equal('M0 42H100')
    expect(lineOf([], ({ left }) => left, size)).to.deep.equal({ path: '', top: 0, last: 0 })
  })

  it('knows how much a total has grown while it was looked at', () => {
    expect(growthOf([point(0, 40), point(1, 42)], ({ cut }) => cut)).to.equal(2)
    expect(growthOf([], ({ cut }) => cut)).to.equal(0)
  })
})
