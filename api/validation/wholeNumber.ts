import type { Violation } from './violation.ts'

/**
 * Fields that must hold a whole number of at least the given minimum, when they are set.
 * @param minima name of the field -> least value
 */
export function wholeNumberViolations<T extends object>(
  path: string,
  holder: T,
  minima: Readonly<Partial<Record<keyof T & string, number>>>,
): readonly Violation[] {
  const fields = holder as Readonly<Record<string, unknown>>
  return Object.entries(minima as Readonly<Record<string, number>>).flatMap(([name, least]) => {
    const value = fields[name]
    if (value === undefined || (Number.isInteger(value) && Number(value) >= least)) return []
    const problem = 'this is not a number that can be used here'
    const remedy = `use a whole number of at least ${least}`
    return [{ field: `${path}.${name}`, value, problem, remedy }]
  })
}
