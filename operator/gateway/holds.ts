/**
 * Does an object have all that is wanted of it? What it has besides is others', or the API server's
 * defaults. Values that the API server writes in another way (quantities) count as missing: then an
 * apply asks it, and changes nothing.
 */
export function holds(actual: unknown, wanted: unknown): boolean {
  if (wanted === undefined) return true
  if (Array.isArray(wanted)) return Array.isArray(actual) && holdsList(actual, wanted)
  if (typeof wanted !== 'object' || wanted === null) return actual === wanted
  if (typeof actual !== 'object' || actual === null) return false
  const fields = actual as Readonly<Record<string, unknown>>
  return Object.entries(wanted).every(([key, value]) => holds(fields[key], value))
}

/** Lists of objects may have others' between; of words and numbers the order matters. */
function holdsList(actual: readonly unknown[], wanted: readonly unknown[]): boolean {
  const isOfObjects = wanted.some((one) => typeof one === 'object')
  if (isOfObjects) return wanted.every((one) => actual.some((other) => holds(other, one)))
  return actual.length === wanted.length && wanted.every((one, index) => one === actual[index])
}
