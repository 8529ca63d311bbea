export type LedgerErrorCode =
  /** The two books of the ledger differ. */
  | 'LEDGER_UNBALANCED'
  /** An option cannot be used. */
  | 'LEDGER_BAD_OPTION'
  /** The generator's process ended, did not start, or did not answer in time. */
  | 'LEDGER_PROCESS'

/** What went wrong with the ledger itself; what goes wrong with requests is an outcome. */
export class LedgerError extends Error {
  override readonly name = 'LedgerError'
  readonly code: LedgerErrorCode

  constructor(code: LedgerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
