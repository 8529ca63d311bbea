import { GROUP } from '../../api/group.ts'
import type { ApiError, ApiErrorCode } from '../../runtime/transport/apiError.ts'
import { isApiError } from '../../runtime/transport/apiError.ts'
import type { CliErrorOptions } from '../cliError.ts'
import { CliError } from '../cliError.ts'

export interface Place {
  readonly server: string
  readonly context: string
}

/** Says what a failed call to the API server means for the user; other errors are passed on. */
export function explain(error: unknown, place: Place): unknown {
  if (!isApiError(error)) return error
  return new CliError({ ...tell(error, place), cause: error })
}

/** No kind of ours is served. */
export function notInstalled({ server, context }: Place): CliError {
  return new CliError({
    exit: 'unavailable',
    reason: 'NotInstalled',
    message: `the API server ${server} (context ${context}) does not serve the kinds of ${GROUP}: Baton is not installed there`,
    remedy: 'install it by its chart or install.yaml, or choose another --context',
  })
}

function tell(error: ApiError, { server, context }: Place): CliErrorOptions {
  const { code, message } = error
  if (WITHOUT_ANSWER.has(code)) {
    return {
      exit: 'unavailable',
      reason: code,
      message: `the API server ${server} (context ${context}) gave no answer: ${message}`,
      remedy: 'see whether kubectl version reaches it',
    }
  }
  if (code === 'Unauthorized') {
    return {
      exit: 'forbidden',
      reason: code,
      message: `the API server ${server} does not know the user of context ${context}: ${message}`,
      remedy: 'renew the credentials in the kubeconfig',
    }
  }
  if (code === 'Forbidden') {
    const remedy = 'ask for that right; --help lists what the command needs'
    return { exit: 'forbidden', reason: code, message, remedy }
  }
  if (code === 'Conflict') {
    const remedy = 'somebody else changed it at the same moment: look, and try again'
    return { exit: 'error', reason: code, message, remedy }
  }
  return { exit: 'error', reason: code, message }
}

const WITHOUT_ANSWER: ReadonlySet<ApiErrorCode> = new Set([
  'ConnectionFailed',
  'Timeout',
  'Unavailable',
  'ServerError',
  'TooManyRequests',
  'Aborted',
])
