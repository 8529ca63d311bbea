import { ApiError, codeFor } from './apiError.ts'

/** What a failed answer says about itself, before it becomes an error. */
export interface FailedAnswer {
  readonly what: string
  readonly status: number
  readonly text: string
  readonly retryAfter?: string | undefined
}

/** Bodies of proxies and load balancers can be whole web pages. */
const longestQuoteChars = 300

/** Makes the error for an answer of 400 or above: a Status object if there is one, else its text. */
export function errorOfAnswer(answer: FailedAnswer): ApiError {
  const status = parseStatus(answer.text)
  const message = status?.message ?? answer.text.slice(0, longestQuoteChars)
  return errorOfStatus(answer.what, {
    ...status,
    code: answer.status,
    message: message === '' ? 'no message' : message,
    retryAfterMs: parseRetryAfter(answer.retryAfter) ?? status?.retryAfterMs,
  })
}

/** The parts of a Status object (meta/v1) that are used. */
export interface StatusObject {
  readonly code?: number | undefined
  readonly reason?: string | undefined
  readonly message?: string | undefined
  readonly details?: unknown
  readonly retryAfterMs?: number | undefined
}

/** Makes the error for a Status object: of an answer, or of an ERROR event in a watch. */
export function errorOfStatus(what: string, status: StatusObject): ApiError {
  const code = status.code ?? 0
  const reason = status.reason ?? ''
  return new ApiError({
    code: codeFor(code, reason),
    status: code,
    reason,
    message: `${what}: ${status.message ?? 'no message'} (${code})`,
    retryAfterMs: status.retryAfterMs,
    details: status.details,
  })
}

/** Reads a Status object out of anything; undefined when it is none. */
export function readStatus(value: unknown): StatusObject | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if (!('kind' in value) || value.kind !== 'Status') return undefined
  const details = 'details' in value ? value.details : undefined
  return {
    code: 'code' in value && typeof value.code === 'number' ? value.code : undefined,
    reason: 'reason' in value && typeof value.reason === 'string' ? value.reason : undefined,
    message: 'message' in value && typeof value.message === 'string' ? value.message : undefined,
    details,
    retryAfterMs: retryAfterOfDetails(details),
  }
}

function parseStatus(text: string): StatusObject | undefined {
  try {
    return readStatus(JSON.parse(text))
  } catch {
    return undefined
  }
}

function retryAfterOfDetails(details: unknown): number | undefined {
  if (typeof details !== 'object' || details === null) return undefined
  if (!('retryAfterSeconds' in details)) return undefined
  return typeof details.retryAfterSeconds === 'number'
    ? details.retryAfterSeconds * 1000
    : undefined
}

/** The API server sends whole seconds; the HTTP date form is left to proxies and not honoured. */
function parseRetryAfter(header: string | undefined): number | undefined {
  return header !== undefined && /^\d+$/.test(header) ? Number(header) * 1000 : undefined
}
