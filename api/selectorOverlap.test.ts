import { expect } from 'chai'
import { array, assert, constantFrom, property, record, subarray } from 'fast-check'
import type { LabelSelector } from './labelSelector.ts'
import { matchesSelector } from './labelSelector.ts'
import { canOverlap } from './selectorOverlap.ts'

const expression = (key: string, operator: string, ...values: string[]): LabelSelector => ({
  matchExpressions: [{ key, operator, ...(values.length === 0 ? {} : { values }) }],
})
const x: LabelSelector = { matchLabels: { a: 'x' } }

const cases: readonly (readonly [
  string,
  LabelSelector | undefined,
  LabelSelector | undefined,
  boolean,
])[] = [
  ['different keys', x, expression('b', 'Exists'), true],
  ['the same label', x, x, true],
  ['two values of one label', x, { matchLabels: { a: 'y' } }, false],
  ['a value and the existence of its key', x, expression('a', 'Exists'), true],
  ['a value and the absence of its key', x, expression('a', 'DoesNotExist'), false],
  ['a value and a list with it', x, expression('a', 'In', 'x', 'y'), true],
  ['a value and a list without it', x, expression('a', 'In', 'y', 'z'), false],
  ['a value and all but it', x, expression('a', 'NotIn', 'x'), false],
  ['a value and all but another', x, expression('a', 'NotIn', 'y'), true],
  [
    'lists that share a value',
    expression('a', 'In', 'x', 'y'),
    expression('a', 'In', 'y', 'z'),
    true,
  ],
  ['all but some, twice', expression('a', 'NotIn', 'x'), expression('a', 'NotIn', 'y'), true],
  ['existence and all but some', expression('a', 'Exists'), expression('a', 'NotIn', 'x'), true],
  [
    'absence and all but some',
    expression('a', 'DoesNotExist'),
    expression('a', 'NotIn', 'x'),
    true,
  ],
  ['everything and something', undefined, x, true],
  ['an operator that does not exist', x, expression('a', 'Like', 'x'), false],
]

describe('D13: two selectors', () => {
  for (const [name, left, right, expected] of cases) {
    it(`${expected ? 'can' : 'cannot'} match the same labels: ${name}`, () => {
      expect([canOverlap(left, right), canOverlap(right, left)]).to.deep.equal([expected, expected])
    })
  }

  it('overlap exactly when one of all label sets over their values matches both', () => {
    const requirement = record({
      key: constantFrom('a', 'b'),
      operator: constantFrom('In', 'NotIn', 'Exists', 'DoesNotExist'),
      values: subarray(['x', 'y'], { minLength: 1 }),
    })
    const selector = array(requirement, { maxLength: 3 }).map((matchExpressions) => ({
      matchExpressions,
    }))
    // `other` stands for any value that no selector names.
    const choices = [undefined, 'x', 'y', 'other']
    const labelSets = choices.flatMap((a) =>
      choices.map((b) => ({
        ...(a === undefined ? {} : { a }),
        ...(b === undefined ? {} : { b }),
      })),
    )
    assert(
      property(selector, selector, (left, right) => {
        const both = labelSets.some(
          (labels) => matchesSelector(left, labels) && matchesSelector(right, labels),
        )
        expect(canOverlap(left, right)).to.equal(both)
      }),
      { numRuns: 1000 },
    )
  })
})
