import { isApiError } from '../../../runtime/transport/apiError.ts'

/**
 * Will the API server never take this resize, as things are? Then an upgrade goes on without it:
 * 404 and 405 come from servers without the subresource (Kubernetes before 1.33), 403 from roles and
 * quotas, 400 and 422 from rules such as those for limits that go down.
 */
export function isRefusal(error: unknown): error is Error {
  return isApiError(error) && !error.retryable && !isApiError(error, 'Conflict', 'Aborted')
}

/** A sentence for events and conditions. */
export function refusalSentence(what: string, { message }: Error): string {
  return `the API server refuses the resize ${what}: ${message}`
}
