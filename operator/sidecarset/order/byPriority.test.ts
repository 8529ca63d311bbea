import { expect } from 'chai'
import type { PriorityStrategy } from '../../../api/v1beta1/sidecarset.ts'
import { byPriority } from './byPriority.ts'

type Labels = Readonly<Record<string, string>>

describe('the priority of pods', () => {
  const weights: PriorityStrategy = {
    weightPriority: [
      { weight: 10, matchSelector: { matchLabels: { tier: 'test' } } },
      { weight: 6, matchSelector: { matchLabels: { zone: 'a' } } },
      { weight: 5, matchSelector: { matchExpressions: [{ key: 'spare', operator: 'Exists' }] } },
    ],
  }
  const orders: PriorityStrategy = {
    orderPriority: [{ orderedKey: 'rank' }, { orderedKey: 'row' }],
  }
  // The first of each pair goes first.
  const cases: Record<string, readonly [PriorityStrategy, Labels, Labels]> = {
    'is a weight': [weights, { tier: 'test' }, { zone: 'a' }],
    'is the sum of weights': [weights, { zone: 'a', spare: '' }, { tier: 'test' }],
    'is higher with any weight than with none': [weights, { spare: '' }, {}],
    'is the greater number at the end of a label': [orders, { rank: 'r-10' }, { rank: 'r-9' }],
    'is the key that comes first in the list': [orders, { rank: 'r-1' }, { row: '9' }],
    'is highest without any of the keys': [orders, {}, { rank: '9' }],
    'takes a value without a number for zero': [orders, { rank: '1' }, { rank: 'x' }],
  }
  for (const [name, [strategy, first, second]] of Object.entries(cases)) {
    it(name, () => {
      expect(byPriority(strategy, first, second)).to.be.lessThan(0)
      expect(byPriority(strategy, second, first)).to.be.greaterThan(0)
    })
  }

  it('does not tell pods apart that have the same', () => {
    expect(byPriority(weights, { zone: 'a' }, { zone: 'a', app: 'x' })).to.equal(0)
    expect(byPriority({}, { zone: 'a' }, {})).to.equal(0)
  })
})
