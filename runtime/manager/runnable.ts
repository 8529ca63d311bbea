/** Something long-lived. */
export interface Runnable {
  readonly name: string
  /** Ends when the signal aborts, throws when it is broken. */
  run(signal: AbortSignal): Promise<void>
  /** Resolves when what comes after it may start; also when the signal aborts. Defaults to at once. */
  ready?(signal: AbortSignal): Promise<void>
}
