/** The kinds of clients; the summary has one row per kind. */
export const kinds = [
  'short',
  'keepalive',
  'keepalive-idle',
  'http2',
  'http2-idle',
  'slow',
  'upload',
  'stream',
  'tcp',
] as const

export type Kind = (typeof kinds)[number]

/** New connections at a fixed rate, one request each. */
export interface ShortLane {
  readonly kind: 'short'
  /** Requests per second. */
  readonly perSecond: number
}

/** Requests that take their time, each on a new connection. */
export interface LongLane {
  readonly kind: 'slow' | 'upload' | 'stream'
  readonly perSecond: number
  /** How long one takes by design; the time limit is counted from there. */
  readonly durationMs: number
}

/** Clients that keep their connection and send one request every `gapMs`. */
export interface KeptLane {
  readonly kind: 'keepalive' | 'keepalive-idle' | 'http2' | 'http2-idle' | 'tcp'
  readonly connections: number
  readonly gapMs: number
}

/** One group of equal clients. Several lanes may have the same kind (idle gaps of 0.7 and 5 s). */
export type Lane = ShortLane | LongLane | KeptLane

/** Requests per second that the lane schedules. */
export function lanePerSecond(lane: Lane): number {
  return 'gapMs' in lane ? (lane.connections * 1000) / lane.gapMs : lane.perSecond
}

/** Connections per second that the lane opens in normal operation (kept ones count as none). */
export function laneNewConnectionsPerSecond(lane: Lane): number {
  return 'gapMs' in lane ? 0 : lane.perSecond
}
