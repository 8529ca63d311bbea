import type { Violation } from '../violation.ts'

/** An object in which exactly one of several fields must be set. */
export function unionViolations(
  field: string,
  holder: object,
  keys: readonly string[],
  options: { readonly least?: 0 | 1 } = {},
): readonly Violation[] {
  const present = keys.filter((key) => Reflect.get(holder, key) !== undefined)
  if (present.length === 1 || (present.length === 0 && options.least === 0)) return []
  return present.length === 0
    ? [
        {
          field,
          value: holder,
          problem: 'it says nothing',
          remedy: `set one of ${keys.join(', ')}`,
        },
      ]
    : [
        {
          field,
          value: holder,
          problem: `only one of ${present.join(', ')} can be meant`,
          remedy: 'keep one of them',
        },
      ]
}

/** A text that must be there. */
export function missingViolations(
  field: string,
  value: string | undefined,
  remedy: string,
): readonly Violation[] {
  return value === undefined || value === ''
    ? [{ field, value, problem: 'pods with it would be refused', remedy }]
    : []
}
