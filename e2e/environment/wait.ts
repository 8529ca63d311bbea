/**
 * Polls until `condition` gives a value; everything that tests wait for is a condition with a
 * deadline. Errors: after `deadlineMs`, one that says what was waited for and what was last seen.
 */
export async function waitFor<T>(
  what: string,
  deadlineMs: number,
  condition: () => Promise<T | undefined> | T | undefined,
  lastSeen: () => string = () => 'nothing of the kind',
  intervalMs = 100,
): Promise<T> {
  const until = Date.now() + deadlineMs
  for (;;) {
    const value = await condition()
    if (value !== undefined) return value
    if (Date.now() > until) {
      throw new Error(`${what}: not within ${deadlineMs / 1000} s; seen: ${lastSeen()}`)
    }
    await new Promise((resolve) => setTimeout(resolve, intervalMs))
  }
}
