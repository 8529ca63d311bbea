/**
 * Expressions that compute the resources of a sidecar from those of the app's containers, such as
 * `max(cpu*50%, 50m)`. Exact: nothing is rounded before the end, where it is rounded up.
 */
import { ExpressionError } from './error.ts'
import { evaluate } from './evaluate.ts'
import { parseExpression } from './parse.ts'
import { writeCpu, writeMemory } from './quantity.ts'
import type { Rational } from './rational.ts'
import { compare, ZERO } from './rational.ts'

export { ExpressionError } from './error.ts'
export { readQuantity } from './quantity.ts'
export { add, compare, type Rational, ZERO } from './rational.ts'

export type ComputedResource = 'cpu' | 'memory'

/**
 * @param amount what the variable named as the resource stands for: cores, or bytes
 * @returns a quantity such as 150m or 256Mi
 * Errors: ExpressionError
 */
export function computeQuantity(
  text: string,
  resource: ComputedResource,
  amount: Rational,
): string {
  const value = evaluate(parseExpression(text), { [resource]: amount }).amount
  if (compare(value, ZERO) < 0) throw new ExpressionError('the result is negative')
  return resource === 'cpu' ? writeCpu(value) : writeMemory(value)
}

/** What is wrong with an expression whatever its variable stands for; undefined when nothing is. */
export function expressionProblem(text: string, resource: ComputedResource): string | undefined {
  try {
    evaluate(parseExpression(text), { [resource]: ZERO })
    return undefined
  } catch (error) {
    if (error instanceof ExpressionError) return error.message
    throw error
  }
}
