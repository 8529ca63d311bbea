import { expect } from 'chai'
import { createShareEqual } from './shareEqual.ts'

describe('sharing of equal values', () => {
  it('gives the first of those that are equal', () => {
    const share = createShareEqual(10)
    const [first, second] = [
      { name: 'proxy', ports: [1] },
      { name: 'proxy', ports: [1] },
    ]
    expect(share(first)).to.equal(first)
    expect(share(second)).to.equal(first)
    expect(share({ name: 'proxy', ports: [2] })).not.to.equal(first)
  })

  it('remembers no more than it may', () => {
    const share = createShareEqual(2)
    const first = share({ at: 0 })
    share({ at: 1 })
    share({ at: 2 })
    expect(share({ at: 0 })).not.to.equal(first)
  })
})
