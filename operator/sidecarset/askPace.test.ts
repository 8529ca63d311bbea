import { expect } from 'chai'
import { askAfterMs } from './askPace.ts'

describe('the pace of questions to an agent', () => {
  const after = (hasRestarted: boolean, repeats: number, alike: number): number =>
    Math.round(askAfterMs({ hasRestarted, repeats, alike }, 300))

  it('is twice as quick once its slot has restarted', () => {
    expect(after(false, 0, 1)).to.equal(305)
    expect(after(true, 0, 1)).to.equal(151)
  })
  it('slows down while it says the same, to a second', () => {
    expect([0, 1, 2, 3, 4, 20].map((repeats) => after(true, repeats, 0))).to.deep.equal([
      150, 225, 338, 506, 759, 1000,
    ])
  })
  it('lets a thousand agents be asked no more often than a hundred, a second, by much', () => {
    const aSecond = (alike: number): number => (1000 / after(false, 0, alike)) * alike
    expect(aSecond(100)).to.be.within(100, 200)
    expect(aSecond(10_000)).to.be.within(100, 200)
  })
})
