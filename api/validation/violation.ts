/** One thing wrong with an object, in words for the person who wrote it. */
export interface Violation {
  /** Path as in the manifest, such as `spec.containers[0].image`. */
  readonly field: string
  /** What stands there; undefined when the field is missing. */
  readonly value: unknown
  /** What would go wrong, or which rule is broken: a clause without a full stop. */
  readonly problem: string
  /** What to write instead: a clause in the imperative. */
  readonly remedy: string
}

/** One sentence that names field, value, problem and remedy. */
export function formatViolation({ field, value, problem, remedy }: Violation): string {
  return `${field} is ${describe(value)}: ${problem}; ${remedy}.`
}

const LONGEST_VALUE = 100

function describe(value: unknown): string {
  if (value === undefined || value === null) return 'not set'
  const text = JSON.stringify(value)
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text
}
