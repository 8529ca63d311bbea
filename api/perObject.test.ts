import { expect } from 'chai'
import { perObject } from './perObject.ts'

describe('a function worked out per object', () => {
  it('is asked once for each object, whatever it gives', () => {
    const asked: object[] = []
    const nothing = perObject((object: object): string | undefined => {
      asked.push(object)
      return undefined
    })
    const [one, other] = [{ a: 1 }, { a: 1 }]
    expect([nothing(one), nothing(one), nothing(other)]).to.deep.equal(Array(3).fill(undefined))
    expect(asked).to.deep.equal([one, other])
  })
})
