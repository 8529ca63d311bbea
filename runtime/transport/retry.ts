import type { ApiError } from './apiError.ts'

export interface RetryPolicy {
  /** The request may be sent twice without harm. */
  readonly idempotent: boolean
  readonly maxRetries: number
}

const firstDelayMs = 200
const longestDelayMs = 5_000

/**
 * How long to wait before sending a request again, or undefined to give up. A 429 was not carried
 * out, so it is repeated whatever the request; the rest only when repeating does no harm.
 *
 * @param attempt how often it was sent so far, from 1
 * @param random a number in [0, 1)
 */
export function retryDelayMs(
  error: ApiError,
  attempt: number,
  policy: RetryPolicy,
  random: number,
): number | undefined {
  if (attempt > policy.maxRetries || !error.retryable) return undefined
  if (!policy.idempotent && error.code !== 'TooManyRequests') return undefined
  const backoffMs = Math.min(longestDelayMs, firstDelayMs * 2 ** (attempt - 1))
  // Jitter goes up only, at most by half: nobody comes back sooner than the server asked for.
  return (error.retryAfterMs ?? backoffMs) * (1 + random / 2)
}
