/**
 * The lease could not be renewed in time: another replica may be leading already. The process must end
 * at once, whatever it is doing.
 */
export class LeadershipLostError extends Error {
  override readonly name = 'LeadershipLostError'
  readonly code = 'LeadershipLost'
}
