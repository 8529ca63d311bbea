import { expect } from 'chai'
import {
  array,
  assert,
  constantFrom,
  double,
  letrec,
  oneof,
  property,
  record,
  string,
  tuple,
} from 'fast-check'
import type { Arbitrary } from 'fast-check'
import {
  ConditionError,
  conditionProblem,
  evaluateCondition,
  mentionsStable,
  parseCondition,
} from './index.ts'
import type { Lists } from './index.ts'

function outcome(text: string, result: readonly number[], stable: readonly number[] = []): string {
  const found = evaluateCondition(parseCondition(text), { result, stable })
  return found.kind === 'known' ? String(found.holds) : found.sentence
}

describe('a condition', () => {
  const truths: readonly (readonly [string, readonly number[], readonly number[], boolean])[] = [
    ['result[0] < 0.05', [0.04], [], true],
    ['result[0] < 0.05', [0.05], [], false],
    ['result[0] <= 0.05 && result[0] >= 0', [0.05], [], true],
    ['result < 0.05', [0.04], [], true],
    ['result[0] > 0.05 or result[1] > 0.05', [0, 1], [], true],
    ['not (result[0] > 1)', [0.5], [], true],
    ['!true || result[0] == 3', [3], [], true],
    ['result[0] <= stable[0] * 1.2', [0.12], [0.1], true],
    ['result[0] <= stable[0] * 1.2', [0.13], [0.1], false],
    ['result[0] - stable[0] < 1 - 2 - 3', [-5], [0], true],
    ['2 + 3 * 4 == 14', [], [], true],
    ['-result[0] < -1', [2], [], true],
    ['result[0] % 2 == 1', [3], [], true],
    ['len(result) == 2 && all(result, # < 1)', [0.1, 0.2], [], true],
    ['any(result, {# > 0.15})', [0.1, 0.2], [], true],
    ['max(result) < 0.3 && min(result, stable) == 0.1', [0.1], [0.2], true],
    ['sum(result) == 6 && mean(result) == 2 && abs(-1) == 1', [1, 2, 3], [], true],
    ['isNaN(result[0]) || result[0] < 1', [0.5], [], true],
    ['result[0] < 1e3', [999], [], true],
  ]
  for (const [text, result, stable, expected] of truths) {
    it(`is ${expected}: ${text} for [${result.join()}] and [${stable.join()}]`, () => {
      expect(outcome(text, result, stable)).to.equal(String(expected))
    })
  }

  const unknowns: readonly (readonly [string, readonly number[], string])[] = [
    ['result[0] < 1', [], 'result is empty'],
    ['result[2] < 1', [1], 'result has 1 series, and none at [2]'],
    ['result < 1', [1, 2], 'result has 2 series where the condition wants one'],
    ['result[0] < stable[0]', [1], 'stable is empty'],
    ['result[0] / 0 < 1', [1], 'a number in the condition comes to Infinity'],
    ['result[0] < 1', [NaN], 'a number in the condition comes to NaN'],
    ['max(result) < 1', [], 'result is empty'],
  ]
  for (const [text, result, sentence] of unknowns) {
    it(`is neither true nor false: ${text} for [${result.join()}]`, () => {
      expect(outcome(text, result)).to.equal(sentence)
    })
  }

  it('tells the numbers that were compared', () => {
    const tree = parseCondition('result[0] < stable[0] * 2 && result[0] < 9')
    const found = evaluateCondition(tree, { result: [7], stable: [3] })
    expect(found).to.deep.equal({
      kind: 'known',
      holds: false,
      compared: [{ left: 7, operator: '<', right: 6, holds: false }],
    })
  })

  it('tells what was measured first, wherever it stands', () => {
    const found = evaluateCondition(parseCondition('0.05 >= result[0]'), {
      result: [7],
      stable: [],
    })
    expect(found).to.deep.include({
      compared: [{ left: 7, operator: '<=', right: 0.05, holds: false }],
    })
  })

  it('says whether it looks at stable pods', () => {
    expect(mentionsStable(parseCondition('result[0] < stable[0]'))).to.equal(true)
    expect(mentionsStable(parseCondition('result[0] < 1'))).to.equal(false)
  })

  const problems: readonly (readonly [string, string])[] = [
    ['', 'it ends where a value is expected'],
    ['result[0] <', 'it ends where a value is expected'],
    ['result[0] < 0.05)', "')' is too much (at character 17)"],
    ['(result[0] < 0.05', "it ends where ')' is expected"],
    ['results[0] < 1', 'there is no results here, only result and stable (at character 1)'],
    ['result[0] = 1', "'=' means nothing here (at character 11)"],
    ['result[0]', 'a number stands where true or false is expected (at character 1)'],
    ['result', 'a list stands where true or false is expected (at character 1)'],
    ['result[0] + true < 1', 'true or false stands where a number is expected (at character 13)'],
    [
      '1 < result[0] < 2',
      'a comparison cannot be compared: join two of them by && (at character 15)',
    ],
    ['result[0.5] < 1', 'an index is a whole number from 0 (at character 8)'],
    ['result[-1] < 1', 'an index is a whole number from 0 (at character 8)'],
    ['# < 1', "'#' has a meaning only in all(…) and any(…) (at character 1)"],
    ['all(1, # < 1)', 'all wants a list first (at character 5)'],
    ['any(result, all(result, # < 1))', 'all cannot stand inside another (at character 13)'],
    ['len(1) > 0', 'len wants a list (at character 5)'],
    ['max(1) > 0', 'max wants a list, or at least two values (at character 1)'],
    [
      'floor(1) > 0',
      'there is no function floor, only len, all, any, isNaN, isInf, abs, min, max, sum, mean (at character 1)',
    ],
    ['!'.repeat(60) + 'true', 'it is nested too deeply (at character 51)'],
    ['1+'.repeat(600), 'it is longer than 1024 characters'],
    ['1e999 < 2', '1e999 is too large a number (at character 1)'],
    ["result[0] < 'a'", "''' means nothing here (at character 13)"],
    ['constructor < 1', 'there is no constructor here, only result and stable (at character 1)'],
  ]
  for (const [text, problem] of problems) {
    it(`is refused with the place: ${text.slice(0, 30)}`, () => {
      expect(conditionProblem(text)).to.equal(problem)
    })
  }

  it('is computed or refused, whatever the text, and never anything else', () => {
    const pieces = constantFrom(
      ...['result', 'stable', '[0]', '[9]', '<', '&&', '||', '!', '(', ')', '1', '0.5', '#', ','],
      ...['all(', 'max(', 'isNaN(', '==', '-', '/', 'true'],
    )
    const texts = array(pieces, { maxLength: 8 }).map((parts) => parts.join(' '))
    for (const arbitrary of [texts, string()]) {
      assert(
        property(arbitrary, array(double(), { maxLength: 3 }), (text, result) => {
          const problem = conditionProblem(text)
          if (problem !== undefined) return problem.length > 0
          const found = evaluateCondition(parseCondition(text), { result, stable: [1] })
          return found.kind === 'known' || found.sentence.length > 0
        }),
      )
    }
  })

  it('agrees with JavaScript on every condition both can read', () => {
    const { condition } = letrec<{ number: string; condition: string }>((tie) => ({
      number: numbers(tie('number')),
      condition: conditions(tie('number'), tie('condition')),
    }))
    const small = double({ min: -5, max: 5, noNaN: true })
    const lists = record({ result: tuple(small, small), stable: tuple(small, small) })
    assert(
      property(condition, lists, (text, { result, stable }) => {
        if (text.length > 1000) return
        const found = evaluated(text, { result, stable })
        if (found.kind === 'unknown') return
        // The property is the point of it: the reference is the interpreter itself.
        // eslint-disable-next-line @typescript-eslint/no-implied-eval, @typescript-eslint/no-unsafe-call
        const expected: unknown = new Function('result', 'stable', `return ${text}`)(result, stable)
        expect(found.holds).to.equal(expected)
      }),
    )
  })
})

function evaluated(text: string, lists: Lists): ReturnType<typeof evaluateCondition> {
  try {
    return evaluateCondition(parseCondition(text), lists)
  } catch (error) {
    if (error instanceof ConditionError && error.message.includes('nested')) {
      return { kind: 'unknown', sentence: error.message }
    }
    throw error
  }
}

const DEPTH = { maxDepth: 3, depthSize: 'small' } as const

function numbers(number: Arbitrary<string>): Arbitrary<string> {
  const leaves = constantFrom('result[0]', 'result[1]', 'stable[0]', '0', '1', '2.5', '-3')
  const operations = tuple(number, constantFrom('+', '-', '*', '/', '%'), number)
  const joined = operations.map(([left, operator, right]) => `(${left} ${operator} ${right})`)
  return oneof(DEPTH, leaves, joined)
}

function conditions(number: Arbitrary<string>, condition: Arbitrary<string>): Arbitrary<string> {
  const comparisons = tuple(number, constantFrom('<', '<=', '>', '>='), number)
  const compared = comparisons.map((parts) => parts.join(' '))
  const joins = tuple(condition, constantFrom('&&', '||'), condition)
  const joined = joins.map(([left, sign, right]) => `(${left} ${sign} ${right})`)
  const negated = condition.map((one) => `!(${one})`)
  return oneof(DEPTH, compared, joined, negated)
}
