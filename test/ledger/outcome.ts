/**
 * How a request can end. Every request ends in exactly one of these; the order is the journal's
 * encoding, so append only.
 */
export const outcomes = [
  /** A full 200 with every expected byte. */
  'ok',
  /** The connection was refused, or the host or network was unreachable. */
  'refused',
  /** No connection within the time limit. */
  'connectTimeout',
  /** RST after the request was sent (or the connection made) and before any byte came back. */
  'resetBeforeResponse',
  /** EOF at the same place: what an idle close that crosses a request looks like. */
  'eofBeforeResponse',
  /** The response began and was not completed: EOF, RST, or fewer bytes than expected. */
  'cutInResponse',
  /** A complete 5xx. */
  'proxyError',
  /** Any other status but 200, an answer that is not HTTP, or one that came too early. */
  'badStatus',
  /** Connected, but not fully answered within the time limit. */
  'timeout',
  /** HTTP/2: the stream was above the GOAWAY's last id (the peer says it never looked at it). */
  'goawayAbove',
  /** HTTP/2: the stream was covered by the GOAWAY and was nevertheless not answered. */
  'goawayBelow',
  /** Complete, but not the bytes that were expected. */
  'hashMismatch',
  /** The generator's own fault (no local port, no file descriptor). Counts as lost: look at it. */
  'clientError',
  /** `stop` gave up on it before its own time limit. Neither ok nor lost, and reported. */
  'abandoned',
  /**
   * An established connection or stream that has no idle state (raw TCP, WebSocket, a gRPC stream)
   * was ended, not by its own protocol, while nothing was outstanding on it.
   */
  'connectionCut',
] as const

export type Outcome = (typeof outcomes)[number]

export type LossCause = Exclude<Outcome, 'ok' | 'abandoned'>

/** True for every outcome that a user of the service would have noticed. */
export function isLoss(outcome: Outcome): outcome is LossCause {
  return outcome !== 'ok' && outcome !== 'abandoned'
}
