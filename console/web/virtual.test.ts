import { expect } from 'chai'
import { windowOf } from './virtual.ts'

describe('the window of a long list', () => {
  const base = { height: 340, rowHeight: 34, count: 10_000 }

  it('is what can be seen and a little around it, wherever it is', () => {
    for (const scrollTop of [0, 17, 5_000, 169_000, 339_660]) {
      const { first, end } = windowOf({ ...base, scrollTop })
      expect(end - first).to.be.within(10, 27)
      expect(first * 34).to.be.at.most(scrollTop)
      expect(end).to.be.at.most(10_000)
    }
  })

  it('is all of a short list', () => {
    expect(windowOf({ ...base, count: 3, scrollTop: 0 })).to.deep.equal({ first: 0, end: 3 })
    expect(windowOf({ ...base, count: 0, scrollTop: 0 })).to.deep.equal({ first: 0, end: 0 })
  })

  it('is the end of a list that became shorter than where it was scrolled to', () => {
    const { first, end } = windowOf({ ...base, count: 12, scrollTop: 100_000 })
    expect(first).to.equal(0)
    expect(end).to.equal(12)
  })
})
