import { ExpressionError } from './error.ts'
import type { Expression, Operator } from './parse.ts'
import type { Rational } from './rational.ts'
import { add, compare, divide, multiply, negate, ZERO } from './rational.ts'

/** A plain number scales quantities; two quantities can be added and compared, not multiplied. */
export interface Value {
  readonly kind: 'number' | 'quantity'
  readonly amount: Rational
}

/**
 * The value of an expression. A number beside a quantity counts as one: cores, or bytes.
 * @param variables quantities by name
 * Errors: ExpressionError
 */
export function evaluate(
  expression: Expression,
  variables: Readonly<Record<string, Rational>>,
): Value {
  switch (expression.kind) {
    case 'number':
    case 'quantity':
      return { kind: expression.kind, amount: expression.value }
    case 'variable': {
      const amount = variables[expression.name]
      if (amount !== undefined) return { kind: 'quantity', amount }
      const known = Object.keys(variables).join(', ')
      const problem = `there is no variable ${expression.name} here, only ${known}`
      throw new ExpressionError(problem, expression.at)
    }
    case 'negation': {
      const operand = evaluate(expression.operand, variables)
      return { kind: operand.kind, amount: negate(operand.amount) }
    }
    case 'operation': {
      const left = evaluate(expression.left, variables)
      const right = evaluate(expression.right, variables)
      return operate(expression.operator, left, right, expression.at)
    }
    case 'call': {
      const values = expression.of.map((one) => evaluate(one, variables))
      const sign = expression.name === 'max' ? 1 : -1
      const amount = values
        .map((value) => value.amount)
        .reduce((best, one) => (compare(one, best) * sign > 0 ? one : best))
      return { kind: kindOf(values), amount }
    }
  }
}

function operate(operator: Operator, left: Value, right: Value, at: number): Value {
  switch (operator) {
    case '+':
      return { kind: kindOf([left, right]), amount: add(left.amount, right.amount) }
    case '-':
      return { kind: kindOf([left, right]), amount: add(left.amount, negate(right.amount)) }
    case '*':
      if (left.kind === 'quantity' && right.kind === 'quantity') {
        throw new ExpressionError('two quantities cannot be multiplied', at)
      }
      return { kind: kindOf([left, right]), amount: multiply(left.amount, right.amount) }
    case '/':
      if (right.kind === 'quantity') throw new ExpressionError('a quantity cannot divide', at)
      if (compare(right.amount, ZERO) === 0) throw new ExpressionError('it divides by zero', at)
      return { kind: left.kind, amount: divide(left.amount, right.amount) }
  }
}

function kindOf(values: readonly Value[]): Value['kind'] {
  return values.some(({ kind }) => kind === 'quantity') ? 'quantity' : 'number'
}
