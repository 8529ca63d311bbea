import { expect } from 'chai'
import fc from 'fast-check'
import { scatter } from './scatter.ts'

type Item = Readonly<Record<string, string>>

const spread = (text: string, ...terms: { key: string; value: string }[]): string =>
  scatter(Array.from(text), terms, (letter) => ({ zone: letter })).join('')

describe('scatter', () => {
  it('spreads the pods with a label evenly, the last of them at the end', () => {
    expect(spread('aabbbb', { key: 'zone', value: 'a' })).to.equal('bbabba')
  })

  it('takes each value that is there for a star', () => {
    expect(spread('aaabbb', { key: 'zone', value: '*' })).to.equal('ababab')
  })

  it('changes nothing for a label that no pod has', () => {
    expect(spread('aabb', { key: 'zone', value: 'c' })).to.equal('aabb')
    expect(spread('aabb')).to.equal('aabb')
  })

  it('keeps every pod and the order within both groups, and is even from the first pod on', () => {
    const items: fc.Arbitrary<Item[]> = fc.array(
      fc.record({ zone: fc.constantFrom('a', 'b', 'c') }),
      { maxLength: 40 },
    )
    fc.assert(
      fc.property(items, (list) => {
        const before = list.map((labels, index) => ({ labels, index }))
        const after = scatter(before, [{ key: 'zone', value: 'a' }], ({ labels }) => labels)
        expect(after.map(({ index }) => index).sort((a, b) => a - b)).to.deep.equal([
          ...list.keys(),
        ])
        for (const isA of [true, false]) {
          const indexes = after
            .filter(({ labels }) => (labels['zone'] === 'a') === isA)
            .map(({ index }) => index)
          expect(indexes).to.deep.equal(indexes.toSorted((a, b) => a - b))
        }
        const all = list.filter(({ zone }) => zone === 'a').length
        for (const length of list.keys()) {
          const among = after.slice(0, length).filter(({ labels }) => labels['zone'] === 'a').length
          expect(Math.abs(among - (length * all) / list.length)).to.be.lessThan(1)
        }
      }),
    )
  })
})
