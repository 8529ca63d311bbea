/** A copy without some fields. */
export function omit<T extends object, K extends keyof T & string>(
  value: T,
  ...keys: readonly K[]
): Omit<T, K> {
  const dropped: readonly string[] = keys
  const kept = Object.entries(value).filter(([key]) => !dropped.includes(key))
  return Object.fromEntries(kept) as Omit<T, K>
}
