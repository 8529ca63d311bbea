/**
 * A function that gives, for each value that is equal to one it was given before, that one: ten
 * thousand pods of one template have equal containers, and keeping one of them is enough. For values
 * of JSON that nobody changes.
 * @param most values that are remembered; with one more it begins anew, so that values of which no two
 *   are equal cost no memory
 */
export function createShareEqual(most: number): <T extends object>(value: T) => T {
  const known = new Map<string, object>()
  return <T extends object>(value: T): T => {
    const text = JSON.stringify(value)
    const found = known.get(text)
    // Equal JSON, equal value: what was put in with this text was a T as well.
    if (found !== undefined) return found as T
    if (known.size >= most) known.clear()
    known.set(text, value)
    return value
  }
}
