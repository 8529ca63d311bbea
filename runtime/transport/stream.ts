import type { Dispatcher } from 'undici'
import { ApiError } from './apiError.ts'
import { startDeadline } from './deadline.ts'
import { failure, headersOf, toApiError } from './exchange.ts'
import type { Wiring } from './exchange.ts'
import { jsonLines } from './jsonLines.ts'
import { withQuery } from './path.ts'
import type { StreamRequest } from './request.ts'

/**
 * Opens an endless answer and yields its lines. Leaving the loop closes the connection.
 * @throws ApiError
 */
export async function* openStream(wiring: Wiring, request: StreamRequest): AsyncGenerator {
  const what = `GET ${request.path} (stream)`
  const stop = new AbortController()
  const forward = (): void => {
    stop.abort(request.signal.reason)
  }
  if (request.signal.aborted) forward()
  request.signal.addEventListener('abort', forward, { once: true })
  try {
    const answer = await open(wiring, request, what, stop)
    try {
      yield* jsonLines(answer.body)
    } catch (error) {
      throw broken(error, what, request.signal)
    }
  } finally {
    request.signal.removeEventListener('abort', forward)
    stop.abort(new Error('nobody reads the stream any more'))
  }
}

async function open(
  wiring: Wiring,
  request: StreamRequest,
  what: string,
  stop: AbortController,
): Promise<Dispatcher.ResponseData> {
  const deadline = startDeadline(request.connectDeadlineMs ?? 30_000, stop.signal)
  const expire = (): void => {
    stop.abort(deadline.signal.reason)
  }
  deadline.signal.addEventListener('abort', expire, { once: true })
  const startMs = performance.now()
  let status = 0
  try {
    const answer = await wiring.pool.request({
      method: 'GET',
      path: withQuery(wiring.basePath + request.path, request.query),
      headers: await headersOf(wiring, {}),
      signal: stop.signal,
      headersTimeout: 0,
      bodyTimeout: request.idleTimeoutMs ?? 180_000,
    })
    status = answer.statusCode
    if (status >= 400) throw failure(wiring, what, answer, await answer.body.text())
    return answer
  } catch (error) {
    throw toApiError(error, what, deadline)
  } finally {
    deadline.signal.removeEventListener('abort', expire)
    deadline.clear()
    wiring.metrics.observe('WATCH', status, (performance.now() - startMs) / 1000)
  }
}

function broken(error: unknown, what: string, signal: AbortSignal): ApiError {
  if (signal.aborted) {
    return new ApiError({ code: 'Aborted', message: `${what}: aborted`, cause: error })
  }
  if (error instanceof SyntaxError) {
    return new ApiError({ code: 'BadAnswer', message: `${what}: a line is no JSON`, cause: error })
  }
  const seen = error instanceof Error ? error.message : String(error)
  const message = `${what}: the link broke: ${seen}`
  return new ApiError({ code: 'ConnectionFailed', message, cause: error })
}
