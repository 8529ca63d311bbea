/**
 * For a merge patch: what makes `before` equal to `after`, with null for each field that goes, at any
 * depth. Lists are replaced as they are.
 */
export function mergePatch(before: object, after: object): object {
  const old: Readonly<Record<string, unknown>> = { ...before }
  const fresh: Readonly<Record<string, unknown>> = { ...after }
  const gone = Object.keys(old).filter((name) => fresh[name] === undefined)
  const kept = Object.entries(fresh).map(
    ([name, value]) => [name, within(old[name], value)] as const,
  )
  const entries: readonly (readonly [string, unknown])[] = [
    ...gone.map((name) => [name, null] as const),
    ...kept,
  ]
  return Object.fromEntries(entries)
}

function within(before: unknown, after: unknown): unknown {
  return isObject(before) && isObject(after) ? mergePatch(before, after) : after
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
