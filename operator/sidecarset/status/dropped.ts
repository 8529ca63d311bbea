/**
 * For a merge patch: null for each field that was there and is not any more.
 * @param fields the fields that may go; defaults to all
 */
export function dropped<T extends object>(
  before: T,
  after: T,
  fields: readonly (keyof T & string)[] = Object.keys(before) as (keyof T & string)[],
): Readonly<Record<string, null>> {
  const gone = fields.filter((name) => before[name] !== undefined && after[name] === undefined)
  return Object.fromEntries(gone.map((name) => [name, null]))
}
