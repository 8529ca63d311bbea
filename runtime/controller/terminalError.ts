/**
 * What no retry can mend: the user must change something first. A reconcile that throws it is counted
 * and logged, and the key is left alone until its object changes.
 */
export class TerminalError extends Error {
  override readonly name: string = 'TerminalError'
  readonly code: string = 'Terminal'
}
