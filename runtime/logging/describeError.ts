/** An error as plain JSON. */
export interface ErrorDescription {
  readonly name: string
  readonly message: string
  readonly code?: string
  readonly stack?: string
  readonly cause?: ErrorDescription
}

/** Chains are cut here: a cycle of causes must not hang the logger. */
const deepestCause = 4

/**
 * Describes an error, and its causes, for a log. An error with a `code` is one somebody foresaw:
 * its stack is left out, because only unforeseen errors need one.
 */
export function describeError(error: unknown, depth = 0): ErrorDescription {
  if (!(error instanceof Error)) return { name: 'NotAnError', message: String(error) }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  return {
    name: error.name,
    message: error.message,
    ...(code === undefined ? { stack: error.stack ?? '' } : { code }),
    ...(error.cause === undefined || depth >= deepestCause
      ? {}
      : { cause: describeError(error.cause, depth + 1) }),
  }
}
