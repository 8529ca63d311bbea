import type { Kind } from './lane.ts'
import type { LossCause } from './outcome.ts'

/** Numbers of one kind of client, or of all. `sent = ok + lost + abandoned + pending`. */
export interface KindSummary {
  /** Requests started, among them those still pending. */
  readonly sent: number
  readonly ok: number
  readonly lost: number
  /** Only causes that occurred. */
  readonly lostByCause: Readonly<Partial<Record<LossCause, number>>>
  /** Given up by `stop` before their own time limit: not known to be lost. */
  readonly abandoned: number
  /** Not ended yet; 0 after `stop`. */
  readonly pending: number
  /** Due but not started since too many were pending. Not 0 = the run says nothing. */
  readonly skipped: number
  /**
   * Of ok requests, from the scheduled time. In the total, p99 and max are those of the slow
   * kinds, which take seconds by design.
   */
  readonly latencyMs: Latency
  readonly connectMs: { readonly p99: number; readonly max: number }
  /** Connects above 900 ms: the first SYN was probably dropped and sent again after 1 s. */
  readonly suspectedSynRetransmits: number
  /** Connections opened. */
  readonly connections: number
  /** Connections that the peer closed while no request was on them: no loss. */
  readonly idleCloses: number
  /**
   * Connections that the peer ended by the protocol's own word (WebSocket's close frame, Dubbo's
   * READONLY) with nothing outstanding on them: no loss.
   */
  readonly closed: number
  /** Longest time in which no request of this kind succeeded. */
  readonly maxGapMs: number
  /** The same requests by the marked window in which they were due; empty without marks. */
  readonly windows: Readonly<Record<string, WindowSummary>>
}

/** What a summary has of one marked window. Windows of one name are one. */
export interface WindowSummary {
  readonly ok: number
  readonly lost: number
  readonly latencyMs: Latency
}

/** Milliseconds. */
export interface Latency {
  readonly p50: number
  readonly p99: number
  readonly max: number
}

/** Numbers of one label. */
export interface RowSummary extends KindSummary {
  readonly kind: Kind
}

/** A window lasts until the next one begins. */
export interface WindowStart {
  readonly name: string
  /** Milliseconds since the start of the load. */
  readonly fromMs: number
}

/** One lost request. Times are milliseconds since the start of the load. */
export interface Loss {
  readonly kind: Kind
  readonly label: string
  readonly cause: LossCause
  /** Error code, status or what was seen. */
  readonly detail: string
  readonly dueMs: number
  readonly endedMs: number
  /** Which of the lane's clients; 0 for lanes of new connections. */
  readonly client: number
  /** Age of the connection when the request was sent; 0 for a new one. */
  readonly connectionAgeMs: number
  /** 1 for the first request on its connection; 0 when it never got a connection. */
  readonly requestNumber: number
  /** host:port. */
  readonly target: string
}

/** Requests by the 100 ms in which they were due: a dip shows when the lost ones were sent. */
export interface Timeline {
  readonly bucketMs: number
  readonly ok: readonly number[]
  readonly lost: readonly number[]
}

/** How well the generator itself kept its schedule; look here before blaming the target. */
export interface GeneratorSummary {
  /** Share of one core since the start, 0.2 = 20 %. */
  readonly cpuShare: number
  /** How late requests were started. Latencies contain it. */
  readonly lateMs: { readonly p99: number; readonly max: number }
}

export interface Summary {
  /** RFC 3339 with milliseconds; the zero of all times here. */
  readonly startedAt: string
  /** Milliseconds of scheduling so far. */
  readonly elapsedMs: number
  readonly running: boolean
  readonly total: KindSummary
  readonly kinds: Readonly<Partial<Record<Kind, KindSummary>>>
  /** By label; a lane without one has its kind as label. */
  readonly rows: Readonly<Record<string, RowSummary>>
  readonly windows: readonly WindowStart[]
  readonly timeline: Timeline
  /** The first ones, at most `maxLosses`. */
  readonly losses: readonly Loss[]
  readonly generator: GeneratorSummary
}
