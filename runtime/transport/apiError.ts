/** Why a call to the API server failed: stable, for code to branch on. */
export type ApiErrorCode =
  | 'BadRequest'
  | 'Unauthorized'
  | 'Forbidden'
  | 'NotFound'
  | 'AlreadyExists'
  | 'Conflict'
  | 'Gone'
  | 'Invalid'
  | 'TooLarge'
  | 'TooManyRequests'
  | 'Timeout'
  | 'ServerError'
  | 'Unavailable'
  | 'Aborted'
  | 'ConnectionFailed'
  | 'BadAnswer'
  | 'Unknown'

/** The same request, sent again later, may succeed without anybody changing anything. */
const retryableCodes: ReadonlySet<ApiErrorCode> = new Set([
  'TooManyRequests',
  'Timeout',
  'ServerError',
  'Unavailable',
  'ConnectionFailed',
])

export interface ApiErrorOptions {
  readonly code: ApiErrorCode
  readonly message: string
  /** HTTP status, 0 when there was no answer. */
  readonly status?: number
  /** `reason` of the server's Status object, or ''. */
  readonly reason?: string
  readonly retryAfterMs?: number | undefined
  /** `details` of the server's Status object: fields and causes. */
  readonly details?: unknown
  readonly cause?: unknown
}

/** A failed call to the API server. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly code: ApiErrorCode
  readonly status: number
  readonly reason: string
  readonly retryable: boolean
  readonly retryAfterMs: number | undefined
  readonly details: unknown

  constructor(options: ApiErrorOptions) {
    super(options.message, { cause: options.cause })
    this.code = options.code
    this.status = options.status ?? 0
    this.reason = options.reason ?? ''
    this.retryable = retryableCodes.has(options.code)
    this.retryAfterMs = options.retryAfterMs
    this.details = options.details
  }
}

/**
 * Is this an ApiError, with one of these codes if any are given?
 *
 * @example
 * if (isApiError(error, 'NotFound', 'Gone')) return undefined
 */
export function isApiError(error: unknown, ...codes: readonly ApiErrorCode[]): error is ApiError {
  return error instanceof ApiError && (codes.length === 0 || codes.includes(error.code))
}

/** Status reasons: k8s.io/apimachinery/pkg/apis/meta/v1, StatusReason. */
const codeOfReason: Readonly<Record<string, ApiErrorCode>> = {
  BadRequest: 'BadRequest',
  Unauthorized: 'Unauthorized',
  Forbidden: 'Forbidden',
  NotFound: 'NotFound',
  AlreadyExists: 'AlreadyExists',
  Conflict: 'Conflict',
  Gone: 'Gone',
  Expired: 'Gone',
  Invalid: 'Invalid',
  RequestEntityTooLarge: 'TooLarge',
  TooManyRequests: 'TooManyRequests',
  Timeout: 'Timeout',
  ServerTimeout: 'Timeout',
  InternalError: 'ServerError',
  ServiceUnavailable: 'Unavailable',
}

const codeOfStatus: Readonly<Record<number, ApiErrorCode>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  408: 'Timeout',
  409: 'Conflict',
  410: 'Gone',
  413: 'TooLarge',
  422: 'Invalid',
  429: 'TooManyRequests',
  503: 'Unavailable',
  504: 'Timeout',
}

/** The code for a Status' reason or, where a proxy answered instead of the server, the HTTP status. */
export function codeFor(status: number, reason: string): ApiErrorCode {
  return codeOfReason[reason] ?? codeOfStatus[status] ?? (status >= 500 ? 'ServerError' : 'Unknown')
}
