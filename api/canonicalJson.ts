/** JSON with sorted keys and without absent values: equal meaning gives equal text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value)
      .filter(([, element]) => element !== undefined && element !== null)
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, element]) => `${JSON.stringify(key)}:${canonicalJson(element)}`)
    return `{${entries.join(',')}}`
  }
  return JSON.stringify(value)
}
