import type { Dispatcher, Pool } from 'undici'
import { errorOfAnswer } from './answer.ts'
import { ApiError } from './apiError.ts'
import type { CredentialSource } from './credentials.ts'
import type { Deadline } from './deadline.ts'
import type { RequestMetrics } from './requestMetrics.ts'
import { withQuery } from './path.ts'
import type { TransportRequest } from './request.ts'

/** Whom the user of the kubeconfig acts as, if the cluster lets him. */
export interface Impersonation {
  readonly user: string
  readonly groups?: readonly string[]
}

/** What one request needs of the transport. */
export interface Wiring {
  readonly pool: Pool
  /** The path of the server's URL, when it is behind a proxy with a prefix. */
  readonly basePath: string
  readonly userAgent: string
  readonly credentials: CredentialSource
  readonly impersonation?: Impersonation | undefined
  readonly metrics: RequestMetrics
}

/** Sends a request once and reads the whole answer. @throws ApiError */
export async function exchange(
  wiring: Wiring,
  request: TransportRequest,
  deadline: Deadline,
): Promise<unknown> {
  const what = `${request.method} ${request.path}`
  const startMs = performance.now()
  let status = 0
  let text: string
  try {
    const answer = await wiring.pool.request({
      method: request.method,
      path: withQuery(wiring.basePath + request.path, request.query),
      headers: await headersOf(wiring, request),
      body: request.body === undefined ? null : JSON.stringify(request.body),
      signal: deadline.signal,
      // The deadline covers both; undici's own would add a second, vaguer error.
      headersTimeout: 0,
      bodyTimeout: 0,
    })
    status = answer.statusCode
    text = await answer.body.text()
    if (status >= 400) throw failure(wiring, what, answer, text)
  } catch (error) {
    throw toApiError(error, what, deadline)
  } finally {
    wiring.metrics.observe(request.method, status, (performance.now() - startMs) / 1000)
  }
  return parse(what, text)
}

/** The headers of every request; credentials may have changed since the last. */
export async function headersOf(
  wiring: Wiring,
  request: Pick<TransportRequest, 'body' | 'contentType'>,
): Promise<Record<string, string | string[]>> {
  const { headers } = await wiring.credentials.get()
  return {
    ...headers,
    ...impersonating(wiring.impersonation),
    accept: 'application/json',
    'user-agent': wiring.userAgent,
    ...(request.body === undefined
      ? {}
      : { 'content-type': request.contentType ?? 'application/json' }),
  }
}

function impersonating(who: Impersonation | undefined): Record<string, string | string[]> {
  if (who === undefined) return {}
  const { user, groups = [] } = who
  return {
    'impersonate-user': user,
    ...(groups.length === 0 ? {} : { 'impersonate-group': [...groups] }),
  }
}

/** The error of an answer of 400 or above. */
export function failure(
  wiring: Wiring,
  what: string,
  answer: Dispatcher.ResponseData,
  text: string,
): ApiError {
  if (answer.statusCode === 401) wiring.credentials.invalidate()
  const header = answer.headers['retry-after']
  const retryAfter = Array.isArray(header) ? header[0] : header
  return errorOfAnswer({ what, status: answer.statusCode, text, retryAfter })
}

/** Makes an ApiError of whatever a request without an answer threw. */
export function toApiError(error: unknown, what: string, deadline: Deadline): ApiError {
  if (error instanceof ApiError) return error
  if (deadline.expired()) {
    return new ApiError({ code: 'Timeout', message: `${what}: no answer in time`, cause: error })
  }
  if (deadline.signal.aborted) {
    return new ApiError({ code: 'Aborted', message: `${what}: aborted`, cause: error })
  }
  const seen = error instanceof Error ? error.message : String(error)
  return new ApiError({ code: 'ConnectionFailed', message: `${what}: ${seen}`, cause: error })
}

function parse(what: string, text: string): unknown {
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch (cause) {
    const message = `${what}: the answer is no JSON: ${text.slice(0, 100)}`
    throw new ApiError({ code: 'BadAnswer', message, cause })
  }
}
