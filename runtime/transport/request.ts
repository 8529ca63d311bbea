import type { Query } from './path.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export interface TransportRequest {
  readonly method: Method
  /** From the root, e.g. `/api/v1/namespaces/default/pods`. */
  readonly path: string
  readonly query?: Query
  /** Sent as JSON. */
  readonly body?: unknown
  /** Defaults to `application/json`. */
  readonly contentType?: string
  readonly signal?: AbortSignal
  /** For all attempts together. Defaults to the transport's. */
  readonly deadlineMs?: number
  /**
   * May be sent again after a 5xx or a broken connection. Defaults to true for GET, else false.
   * A 429 is repeated in any case: the server did nothing.
   */
  readonly retry?: boolean
}

export interface StreamRequest {
  readonly path: string
  readonly query?: Query
  readonly signal: AbortSignal
  /** A silent link is given up after this long. Defaults to 180,000. */
  readonly idleTimeoutMs?: number
  /** Until the headers of the answer. Defaults to 30,000. */
  readonly connectDeadlineMs?: number
}
