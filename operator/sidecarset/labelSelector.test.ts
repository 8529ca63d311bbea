import { expect } from 'chai'
import { matchesSelector } from './labelSelector.ts'
import type { LabelSelector } from './labelSelector.ts'

const expression = (operator: string, ...values: string[]): LabelSelector => ({
  matchExpressions: [{ key: 'tier', operator, values }],
})

describe('a label selector', () => {
  const front = { tier: 'front' }
  const cases: [string, LabelSelector, Record<string, string>, boolean][] = [
    ['matches everything when empty', {}, {}, true],
    ['matches equal labels', { matchLabels: front }, { ...front, other: 'x' }, true],
    ['refuses another value', { matchLabels: front }, { tier: 'back' }, false],
    ['knows In', expression('In', 'front', 'back'), front, true],
    ['takes In of an absent label for no', expression('In', 'front'), {}, false],
    ['knows NotIn', expression('NotIn', 'front'), front, false],
    ['takes NotIn of an absent label for yes', expression('NotIn', 'front'), {}, true],
    ['knows Exists', expression('Exists'), front, true],
    ['knows DoesNotExist', expression('DoesNotExist'), front, false],
    ['matches nothing by an unknown operator', expression('Near'), front, false],
  ]
  for (const [name, selector, labels, expected] of cases) {
    it(name, () => {
      expect(matchesSelector(selector, labels)).to.equal(expected)
    })
  }
})
