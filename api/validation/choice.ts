import type { Violation } from './violation.ts'

/** A field that must hold one of some words, when it is set. */
export function choiceViolations(
  field: string,
  value: string | undefined,
  allowed: readonly string[],
): readonly Violation[] {
  if (value === undefined || allowed.includes(value)) return []
  const problem = 'there is no such value'
  return [{ field, value, problem, remedy: `use one of ${allowed.join(', ')}` }]
}
