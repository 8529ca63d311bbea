import { expect } from 'chai'
import { assert, constantFrom, integer, property, string, tuple } from 'fast-check'
import type { ComputedResource } from './index.ts'
import { computeQuantity, ExpressionError, expressionProblem, readQuantity, ZERO } from './index.ts'

function computed(text: string, resource: ComputedResource, amount: string): string {
  return computeQuantity(text, resource, readQuantity(amount) ?? ZERO)
}

describe('an expression over resources', () => {
  const values: readonly (readonly [string, string, ComputedResource, string, string])[] = [
    ['a percentage of the variable', 'cpu*50%', 'cpu', '200m', '100m'],
    ['the larger of two', 'max(cpu*50%, 50m)', 'cpu', '20m', '50m'],
    ['the smaller of three', 'min(memory, 1Gi, 64Mi)', 'memory', '2Gi', '64Mi'],
    ['precedence', '2 + 3 * 4', 'cpu', '0', '14'],
    ['brackets', '(2 + 3) * 4', 'cpu', '0', '20'],
    ['left to right', '10 - 3 - 2', 'cpu', '0', '5'],
    ['a number beside a quantity counts as one', 'cpu + 1', 'cpu', '500m', '1500m'],
    ['a quotient', 'memory / 4', 'memory', '1Gi', '256Mi'],
    ['what has no exact decimal is rounded up at the end only', 'cpu/3*3', 'cpu', '100m', '100m'],
    ['a third of a core is rounded up', 'cpu / 3', 'cpu', '1', '334m'],
    ['tenths do not become a millicore more', 'cpu*10% + cpu*20%', 'cpu', '10m', '3m'],
    ['bytes are rounded up', 'memory / 3', 'memory', '100', '34'],
    ['a negation inside', 'cpu + -50m', 'cpu', '150m', '100m'],
    ['variables are not case sensitive', 'CPU * 2', 'cpu', '250m', '500m'],
    ['spaces are free', ' max( cpu ,1 ) ', 'cpu', '2', '2'],
    [
      'exa is a suffix and not an exponent',
      'min(memory, 1E)',
      'memory',
      '3Ei',
      '976562500000000Ki',
    ],
    ['an exponent makes a number', 'cpu * 1e1', 'cpu', '100m', '1'],
  ]
  for (const [name, text, resource, amount, expected] of values) {
    it(`computes ${name}: ${text}`, () => {
      expect(computed(text, resource, amount)).to.equal(expected)
    })
  }

  const problems: readonly (readonly [string, string])[] = [
    ['cpu *', 'it ends where a value is expected'],
    ['', 'it ends where a value is expected'],
    ['(cpu', "it ends where ')' is expected"],
    ['cpu)', "')' is too much (at character 4)"],
    ['cpu cpu', "'cpu' is too much (at character 5)"],
    ['avg(cpu, 1)', 'there is no function avg, only min and max (at character 1)'],
    ['max(cpu)', 'max wants at least two values (at character 1)'],
    ['memory * 2', 'there is no variable memory here, only cpu (at character 1)'],
    ['cpu * 40m', 'two quantities cannot be multiplied (at character 5)'],
    ['2 / cpu', 'a quantity cannot divide (at character 3)'],
    ['cpu / (1-1)', 'it divides by zero (at character 5)'],
    ['40q', "'40q' is neither a number nor a quantity such as 40m or 64Mi (at character 1)"],
    ['cpu ^ 2', "'^' means nothing here (at character 5)"],
    ['('.repeat(200), 'it is nested too deeply (at character 51)'],
    ['1+'.repeat(600), 'it is longer than 1024 characters'],
  ]
  for (const [text, problem] of problems) {
    it(`is refused with the place: ${text.slice(0, 20)}`, () => {
      expect(expressionProblem(text, 'cpu')).to.equal(problem)
    })
  }

  it('is refused when its result is negative', () => {
    expect(() => computed('cpu - 1', 'cpu', '100m')).to.throw(
      ExpressionError,
      'the result is negative',
    )
  })

  it('never does anything with a text but compute or refuse it', () => {
    const pieces = constantFrom('cpu', '40m', '2', '50%', '+', '-', '*', '/', '(', ')', ',', 'max(')
    const texts = tuple(pieces, pieces, pieces, pieces, pieces).map((parts) => parts.join(' '))
    for (const arbitrary of [texts, string()]) {
      assert(
        property(arbitrary, (text) => {
          const problem = expressionProblem(text, 'cpu')
          return problem === undefined || problem.length > 0
        }),
      )
    }
  })

  it('agrees with integer arithmetic', () => {
    const small = integer({ min: 0, max: 5000 })
    assert(
      property(small, small, small, (a, b, c) => {
        expect(computed(`cpu*${b} + ${c}m`, 'cpu', `${a}m`)).to.equal(
          computed(`${a * b + c}m`, 'cpu', '0'),
        )
      }),
    )
  })
})
