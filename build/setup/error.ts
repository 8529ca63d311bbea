/** Why a step of the set-up failed, for programs; people read the message. */
export type SetupErrorCode =
  | 'NotRoot'
  | 'NotDebian'
  | 'NoNetwork'
  | 'NoGo'
  | 'GoTooOld'
  | 'DiskFull'
  | 'MissingSource'
  | 'UnknownCommand'
  | 'CommandFailed'

export interface SetupErrorDetails {
  readonly code: SetupErrorCode
  readonly tried: string
  readonly seen: string
  readonly remedy: string
  readonly cause?: unknown
}

/** An error of the set-up: what was tried, what was seen, what to do. */
export class SetupError extends Error {
  readonly code: SetupErrorCode

  constructor({ code, tried, seen, remedy, cause }: SetupErrorDetails) {
    super(`tried: ${tried}\nseen:  ${indent(seen)}\ndo:    ${indent(remedy)}`, { cause })
    this.name = 'SetupError'
    this.code = code
  }
}

/** The text of anything that was thrown, for a person. */
export function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function indent(text: string): string {
  return text.trim().replaceAll('\n', '\n       ')
}
