export interface UntilOptions {
  /** Defaults to 25,000. */
  readonly deadlineMs?: number
  /** What is waited for, for the error. */
  readonly what?: string
}

const pollMs = 5

/**
 * Waits for a condition: until it gives something that is neither false nor undefined nor null.
 * @throws Error when the deadline passes; with the condition's own last error as its cause
 *
 * @example
 * await until(() => informer.get('default/web'), { what: 'the pod in the cache' })
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  options: UntilOptions = {},
): Promise<Exclude<T, false | undefined | null>> {
  const { deadlineMs = 25_000, what = condition.toString() } = options
  const endMs = performance.now() + deadlineMs
  let last: unknown
  for (;;) {
    try {
      const value = await condition()
      if (value !== false && value !== undefined && value !== null) {
        return value as Exclude<T, false | undefined | null>
      }
      last = undefined
    } catch (error) {
      last = error
    }
    if (performance.now() > endMs) {
      throw new Error(`waited ${deadlineMs} ms in vain for: ${what}`, { cause: last })
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs))
  }
}
