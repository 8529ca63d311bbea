/** Resolves when the promise does or the signal aborts, whichever is first; leaves no listener behind. */
export async function orAborted(promise: Promise<unknown>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  const aborted = Promise.withResolvers<undefined>()
  const end = (): void => {
    aborted.resolve(undefined)
  }
  signal.addEventListener('abort', end, { once: true })
  try {
    await Promise.race([promise, aborted.promise])
  } finally {
    signal.removeEventListener('abort', end)
  }
}
