/** The kinds of clients. */
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
  'grpc',
  'grpc-stream',
  'websocket',
  'dubbo',
] as const

export type Kind = (typeof kinds)[number]

interface AnyLane {
  /** Name of the lane's row in the summary; lanes may share one. Defaults to the kind. */
  readonly label?: string
}

/** New connections at a fixed rate, one request each. */
export interface ShortLane extends AnyLane {
  readonly kind: 'short'
  /** Requests per second. */
  readonly perSecond: number
}

/** Requests that take their time, each on a new connection. */
export interface LongLane extends AnyLane {
  readonly kind: 'slow' | 'upload' | 'stream'
  readonly perSecond: number
  /** How long one takes by design; the time limit is counted from there. */
  readonly durationMs: number
}

/** Clients that keep their connection and send one request every `gapMs`. */
export interface KeptLane extends AnyLane {
  readonly kind:
    'keepalive' | 'keepalive-idle' | 'http2' | 'http2-idle' | 'tcp' | 'grpc' | 'websocket' | 'dubbo'
  readonly connections: number
  /** 0: the next request goes out as soon as the answer is there. */
  readonly gapMs: number
  /** With gaps of 0: at most so many requests a second, of all connections. Defaults to 250. */
  readonly perSecond?: number
  /**
   * For tcp and websocket: a client ends a connection that is idle and this old, as most do some
   * day, and dials anew. Each client's is between half of it and all. Absent: never.
   */
  readonly lifeMs?: number
}

/** Streams with messages on them: one connection each, renewed every `durationMs`. */
export interface StreamLane extends AnyLane {
  readonly kind: 'grpc-stream'
  readonly connections: number
  /** Between two messages of a stream; not 0. */
  readonly gapMs: number
  /** How long a stream lives. */
  readonly durationMs: number
}

/** One group of equal clients. Several lanes may have the same kind (idle gaps of 0.7 and 5 s). */
export type Lane = ShortLane | LongLane | KeptLane | StreamLane

/** Without a gap a client would take all the CPU that it shares with the proxy it measures. */
const loopPerSecond = 250

/** Requests per second that the lane schedules; with gaps of 0, the most it may reach. */
export function lanePerSecond(lane: Lane): number {
  if (!('gapMs' in lane)) return lane.perSecond
  if (lane.gapMs > 0) return (lane.connections * 1000) / lane.gapMs
  return ('perSecond' in lane ? lane.perSecond : undefined) ?? loopPerSecond
}

/** Connections per second that the lane opens in normal operation (kept ones count as none). */
export function laneNewConnectionsPerSecond(lane: Lane): number {
  return 'gapMs' in lane ? 0 : lane.perSecond
}

/** When this client of the lane ends a connection; spread, so that they do not all dial at once. */
export function connectionLifeMs(lane: KeptLane, client: number): number {
  return (lane.lifeMs ?? Infinity) * (0.5 + (client + 1) / (2 * lane.connections))
}

export function laneLabel(lane: Lane): string {
  return lane.label ?? lane.kind
}

/** How long a request of the lane takes by design; its time limit is counted from there. */
export function laneDurationMs(lane: Lane): number {
  return 'durationMs' in lane ? lane.durationMs : 0
}
