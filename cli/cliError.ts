import type { ErrorReason } from './errorReasons.ts'
import type { Exit } from './exitCode.ts'

export interface CliErrorOptions {
  readonly exit: Exit
  /** Constant in UpperCamelCase, for scripts. */
  readonly reason: ErrorReason
  /** What was tried and what was seen: a sentence without its full stop. */
  readonly message: string
  /** What to do now: a clause in the imperative. */
  readonly remedy?: string
  readonly cause?: unknown
}

/** Ends a command: the user reads message and remedy, a script the exit code and the reason. */
export class CliError extends Error {
  override readonly name = 'CliError'
  readonly code = 'BATON_CLI'
  readonly exit: Exit
  readonly reason: ErrorReason
  readonly remedy: string | undefined

  constructor(options: CliErrorOptions) {
    super(options.message, { cause: options.cause })
    this.exit = options.exit
    this.reason = options.reason
    this.remedy = options.remedy
  }
}

/** A command line that cannot be carried out. */
export function usageError(message: string, remedy?: string): CliError {
  return new CliError({
    exit: 'usage',
    reason: 'Usage',
    message,
    ...(remedy === undefined ? {} : { remedy }),
  })
}
