/** Aborts when the caller aborts or the time is up, whichever is first. */
export interface Deadline {
  readonly signal: AbortSignal
  /** True when time was up, false when the caller aborted or nothing happened yet. */
  expired(): boolean
  remainingMs(): number
  /** Must be called at the end: frees the timer and the caller's signal. */
  clear(): void
}

/**
 * Starts a deadline. Not AbortSignal.any + AbortSignal.timeout: those leave a timer and a dependent
 * signal behind for each call, and a controller makes thousands against one long-lived signal.
 */
export function startDeadline(ms: number, signal?: AbortSignal): Deadline {
  const controller = new AbortController()
  const endMs = performance.now() + ms
  let expired = false
  const forward = (): void => {
    controller.abort(signal?.reason)
  }
  const timer = setTimeout(() => {
    expired = true
    controller.abort(new Error(`no answer within ${ms} ms`))
  }, ms)
  if (signal?.aborted === true) forward()
  else signal?.addEventListener('abort', forward, { once: true })
  return {
    signal: controller.signal,
    expired: () => expired,
    remainingMs: () => Math.max(0, endMs - performance.now()),
    clear: () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', forward)
    },
  }
}
