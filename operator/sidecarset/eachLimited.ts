/**
 * Runs `work` for each item, at most `limit` at a time. Rejects with the first error, at the end.
 * @param isLate once it is true, nothing more is begun. Defaults to never
 */
export async function eachLimited<T>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<void>,
  isLate: () => boolean = () => false,
): Promise<void> {
  const queue = items.values()
  const errors: unknown[] = []
  const worker = async (): Promise<void> => {
    // All workers draw from one iterator, so each item is taken once.
    for (const item of queue) {
      if (isLate()) return
      try {
        await work(item)
      } catch (error) {
        errors.push(error)
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker))
  if (errors.length > 0) throw errors[0]
}
