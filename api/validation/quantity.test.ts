import { expect } from 'chai'
import { parseQuantity } from './quantity.ts'

const cases: readonly [unknown, number | undefined][] = [
  ['100m', 0.1],
  ['64Mi', 64 * 1024 * 1024],
  ['1', 1],
  [2, 2],
  ['1.5Gi', 1.5 * 1024 ** 3],
  ['1e3', 1000],
  ['1E', 1e18],
  ['.5', 0.5],
  ['5.', 5],
  ['64MB', undefined],
  ['', undefined],
  ['m', undefined],
  ['1 Gi', undefined],
  [Number.NaN, undefined],
  [true, undefined],
]

describe('a quantity', () => {
  for (const [text, expected] of cases) {
    it(`${JSON.stringify(text)} is ${String(expected)}`, () => {
      expect(parseQuantity(text)).to.equal(expected)
    })
  }
})
