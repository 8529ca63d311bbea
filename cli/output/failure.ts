import { CliError } from '../cliError.ts'
import type { Exit } from '../exitCode.ts'
import { exits } from '../exitCode.ts'
import { DOCUMENT_VERSION, documentOf, integer, optional, text } from './shape.ts'
import type { ShapeOf } from './shape.ts'

export const failureDocument = documentOf('Failure', 'Why a command could not do what it should.', {
  reason: text('Constant in UpperCamelCase.'),
  exitCode: integer('That of the process.'),
  message: text('What was tried and what was seen.'),
  remedy: optional(text('What to do.')),
})

/** The failure of a command, for people and for scripts. */
export function failureOf(error: unknown): {
  readonly exit: Exit
  readonly document: ShapeOf<typeof failureDocument>
  readonly text: string
} {
  const known = error instanceof CliError ? error : unexpected(error)
  const { exit, reason, message, remedy } = known
  return {
    exit,
    document: {
      apiVersion: DOCUMENT_VERSION,
      kind: 'Failure',
      reason,
      exitCode: exits[exit].code,
      message,
      ...(remedy === undefined ? {} : { remedy }),
    },
    text: `kubectl baton: ${message}${remedy === undefined ? '' : `; ${remedy}`}\n`,
  }
}

function unexpected(error: unknown): CliError {
  const message = error instanceof Error ? error.message : String(error)
  return new CliError({ exit: 'error', reason: 'Unexpected', message, cause: error })
}
