import { expect } from 'chai'
import { nearest } from './nearest.ts'

const commands = ['status', 'why', 'why-injected', 'inject', 'uninject', 'lint', 'resume', 'retry']

/** typed -> meant */
const cases: readonly (readonly [string, string | undefined])[] = [
  ['statsu', 'status'],
  ['stat', 'status'],
  ['injct', 'inject'],
  ['un-inject', 'uninject'],
  ['why-injcted', 'why-injected'],
  ['lnit', 'lint'],
  ['frobnicate', undefined],
  ['xy', undefined],
]

describe('the nearest word', () => {
  for (const [typed, meant] of cases) {
    it(`to ${typed} is ${meant ?? 'none'}`, () => {
      expect(nearest(typed, commands)).to.equal(meant)
    })
  }
})
