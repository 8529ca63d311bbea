/**
 * Conditions on what was measured, such as `result[0] < 0.05` or `result[0] <= stable[0] * 1.2`: what
 * Argo Rollouts accepts of numbers, and nothing that can do more than be true, false or unknown.
 */
import { ConditionError } from './error.ts'
import { parseCondition } from './parse.ts'

export { ConditionError } from './error.ts'
export { type Compared, evaluateCondition, mentionsStable, type Lists } from './evaluate.ts'
export { parseCondition } from './parse.ts'
export type { ConditionTree } from './tree.ts'

/** What is wrong with a condition; undefined when nothing is. */
export function conditionProblem(text: string): string | undefined {
  try {
    parseCondition(text)
    return undefined
  } catch (error) {
    if (error instanceof ConditionError) return error.message
    throw error
  }
}
