/** What went wrong, for programs; people read the message. */
export type ClusterErrorCode =
  | 'NotRoot'
  | 'MissingProgram'
  | 'BadDirectory'
  | 'BadName'
  | 'NoFreeNetwork'
  | 'CommandFailed'
  | 'DeadlineExceeded'
  | 'BuildFailed'
  | 'StartFailed'
  | 'NotRunning'
  | 'NotOurCluster'

/** An error of the local cluster: the message says what was tried, what was seen, what to do. */
export class ClusterError extends Error {
  readonly code: ClusterErrorCode

  constructor(code: ClusterErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ClusterError'
    this.code = code
  }
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
