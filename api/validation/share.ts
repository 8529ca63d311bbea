import { isIntOrPercent } from '../intOrPercent.ts'
import type { Violation } from './violation.ts'

/** A field that must hold a number of pods or a share of them, when it is set. */
export function shareViolations(field: string, value: unknown): readonly Violation[] {
  if (value === undefined) return []
  if (isIntOrPercent(value) && !(typeof value === 'string' && Number.parseInt(value, 10) > 100)) {
    return []
  }
  const problem = 'this is neither a number of pods nor a share of them'
  const remedy = 'use a whole number such as 2, or a percentage from 0% to 100%'
  return [{ field, value, problem, remedy }]
}

/** The same, and not nothing. @param problem what would go wrong with zero */
export function positiveShareViolations(
  field: string,
  value: unknown,
  problem: string,
): readonly Violation[] {
  if (value === undefined) return []
  const nonsense = shareViolations(field, value)
  if (nonsense.length > 0 || !isZeroShare(value)) return nonsense
  const remedy = 'use a whole number of at least 1, or a percentage from 1% to 100%'
  return [{ field, value, problem, remedy }]
}

export function isZeroShare(value: unknown): boolean {
  return Number.parseInt(String(value), 10) === 0
}
