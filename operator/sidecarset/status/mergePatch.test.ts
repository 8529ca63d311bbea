import { expect } from 'chai'
import { mergePatch } from './mergePatch.ts'

describe('a merge patch', () => {
  it('takes away what is not there any more, at any depth, and leaves lists whole', () => {
    const before = { a: 1, gone: 2, deep: { kept: 1, gone: { x: 1 } }, list: [1, 2] }
    const after = { a: 1, deep: { kept: 2 }, list: [3], fresh: { b: 1 } }
    expect(mergePatch(before, after)).to.deep.equal({
      a: 1,
      gone: null,
      deep: { kept: 2, gone: null },
      list: [3],
      fresh: { b: 1 },
    })
  })
})
