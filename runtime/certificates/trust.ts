/** Certificates that somebody shall trust. */
export interface Trust {
  readonly name: string
  run(signal: AbortSignal): Promise<void>
  /** Resolves when there is something to trust, or the signal aborts. */
  ready(signal: AbortSignal): Promise<void>
  /** PEM of all that is to be trusted, for a `caBundle` (there base64, as everywhere in the API). */
  bundle(): string | undefined
  /** Called when there is something else; gives the unsubscribe. */
  onChange(handler: () => void): () => void
}
