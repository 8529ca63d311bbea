import { DecodeError } from '../../api/decode.ts'
import { CliError } from '../../cli/cliError.ts'
import { isApiError } from '../../runtime/transport/apiError.ts'
import type { Refused } from './guard.ts'

const BY_REASON: Readonly<Record<string, number>> = {
  Unauthorized: 401,
  Forbidden: 403,
  NotFound: 404,
  Stale: 409,
  Conflict: 409,
  NotPossible: 409,
}

const BY_EXIT: Readonly<Record<CliError['exit'], number>> = {
  complete: 500,
  failed: 409,
  usage: 400,
  timeout: 504,
  paused: 409,
  superseded: 409,
  forbidden: 403,
  unavailable: 503,
  error: 409,
}

/** How an error is told to the page: what was tried, what was seen, what to do. */
export function refusedBy(error: unknown): Refused {
  if (error instanceof CliError) {
    const { reason, message, remedy, exit } = error
    const status = BY_REASON[reason] ?? BY_EXIT[exit]
    return { status, code: reason, message, ...(remedy === undefined ? {} : { remedy }) }
  }
  if (error instanceof DecodeError) {
    return { status: 400, code: 'BadRequest', message: error.message }
  }
  if (isApiError(error)) {
    return { status: BY_REASON[error.code] ?? 502, code: error.code, message: error.message }
  }
  if (isHttpError(error)) {
    return { status: error.status, code: 'BadRequest', message: error.message }
  }
  return { status: 500, code: 'Unexpected', message: 'the console failed; its log says why' }
}

/** Of express: a body that is too large, or no JSON. */
function isHttpError(error: unknown): error is Error & { readonly status: number } {
  if (!(error instanceof Error) || !('status' in error)) return false
  return typeof error.status === 'number' && error.status >= 400 && error.status < 500
}
