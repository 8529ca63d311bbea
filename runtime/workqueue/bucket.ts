/** A token bucket that lends: it never refuses, it says how long to wait. */
export interface Bucket {
  /** Takes a token; gives the milliseconds until it may be used. */
  takeMs(nowMs: number): number
  /** Takes a token only if there is one. */
  tryTake(nowMs: number): boolean
}

/** Starts full with `burst` tokens; one more every 1/ratePerSecond seconds. */
export function createBucket(ratePerSecond: number, burst: number): Bucket {
  let tokens = burst
  let filledAtMs: number | undefined
  const fill = (nowMs: number): void => {
    const passedMs = Math.max(0, nowMs - (filledAtMs ?? nowMs))
    filledAtMs = nowMs
    tokens = Math.min(burst, tokens + (passedMs / 1000) * ratePerSecond)
  }
  return {
    takeMs: (nowMs) => {
      fill(nowMs)
      tokens--
      return tokens >= 0 ? 0 : (-tokens / ratePerSecond) * 1000
    },
    tryTake: (nowMs) => {
      fill(nowMs)
      if (tokens < 1) return false
      tokens--
      return true
    },
  }
}
