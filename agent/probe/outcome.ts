/** What came of one check. */
export interface Outcome {
  readonly ok: boolean
  /** What was seen, without a full stop. */
  readonly detail: string
}
