import { isIntOrPercent } from '../intOrPercent.ts'
import type { HandoverBudget } from '../v1beta1/analysis.ts'
import type { Violation } from './violation.ts'

const SHARES = ['connectionsCut', 'connectionsCutAtMaxSeconds', 'podsNotReady'] as const
const NUMBERS = ['listenDrops', 'resets', 'handoverSeconds'] as const

/** What is wrong with the budget at `path`. */
export function handoverBudgetViolations(
  path: string,
  budget: HandoverBudget,
): readonly Violation[] {
  const shares = SHARES.filter((name) => budget[name] !== undefined && !isShare(budget[name]))
  const numbers = NUMBERS.filter((name) => !((budget[name] ?? 0) >= 0))
  return [
    ...shares.map((name) => ({
      field: `${path}.${name}`,
      value: budget[name],
      problem: 'this is neither a number nor a share',
      remedy: 'use a whole number such as 10, or a percentage from 0% to 100%',
    })),
    ...numbers.map((name) => ({
      field: `${path}.${name}`,
      value: budget[name],
      problem: 'less than nothing cannot be kept to',
      remedy: 'use a number of at least 0, or leave it out for any',
    })),
  ]
}

function isShare(value: unknown): boolean {
  return isIntOrPercent(value) && !(typeof value === 'string' && Number.parseInt(value, 10) > 100)
}
