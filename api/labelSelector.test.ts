import { expect } from 'chai'
import { matchesSelector } from './labelSelector.ts'
import type { LabelSelector } from './labelSelector.ts'

const expression = (operator: string, ...values: string[]): LabelSelector => ({
  matchExpressions: [{ key: 'tier', operator, values }],
})

describe('a label selector', () => {
  const front = { tier: 'front' }
  const cases: [string, LabelSelector, Record<string, string> | undefined, boolean][] = [
    ['matches everything when empty', {}, {}, true],
    ['matches an object without labels when empty', {}, undefined, true],
    ['matches equal labels', { matchLabels: front }, { ...front, other: 'x' }, true],
    ['refuses another value', { matchLabels: front }, { tier: 'back' }, false],
    ['refuses an object without labels', { matchLabels: front }, undefined, false],
    ['wants every label', { matchLabels: { ...front, app: 'shop' } }, front, false],
    ['knows In', expression('In', 'front', 'back'), front, true],
    ['knows In of another value', expression('In', 'back'), front, false],
    ['takes In of an absent label for no', expression('In', 'front'), {}, false],
    ['knows NotIn', expression('NotIn', 'front'), front, false],
    ['knows NotIn of another value', expression('NotIn', 'back'), front, true],
    ['takes NotIn of an absent label for yes', expression('NotIn', 'front'), {}, true],
    ['knows Exists', expression('Exists'), front, true],
    ['knows Exists of an absent label', expression('Exists'), {}, false],
    ['knows DoesNotExist', expression('DoesNotExist'), front, false],
    ['knows DoesNotExist of an absent label', expression('DoesNotExist'), {}, true],
    ['matches nothing by an unknown operator', expression('Near'), front, false],
    [
      'wants every expression',
      {
        matchExpressions: [
          { key: 'tier', operator: 'Exists' },
          { key: 'app', operator: 'Exists' },
        ],
      },
      front,
      false,
    ],
    [
      'wants labels and expressions',
      { matchLabels: front, ...expression('DoesNotExist') },
      front,
      false,
    ],
  ]
  for (const [name, selector, labels, expected] of cases) {
    it(name, () => {
      expect(matchesSelector(selector, labels)).to.equal(expected)
    })
  }
})
