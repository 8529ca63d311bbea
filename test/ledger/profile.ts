import type { KeptLane, Lane, LongLane } from './lane.ts'

export interface ProfileOptions {
  /** Multiplies rates and numbers of connections; at least one connection of each remains. */
  readonly scale?: number
  /** Adds 30-second responses, one every 10 s. Off: they make every drain 30 s long. */
  readonly stream?: boolean
  /** Adds raw TCP echo connections. Off: no proxy can move them, they are cut by design. */
  readonly tcp?: boolean
  /** Adds gRPC: unary calls, and streams of 25 s. */
  readonly grpc?: boolean
  /** Adds WebSocket echo connections. */
  readonly websocket?: boolean
  /** Adds Dubbo calls. */
  readonly dubbo?: boolean
}

/**
 * The mix that real pods were measured with: about 640 requests a second at scale 1, of them 506
 * on new connections. For pod IPs and local proxies; through a Service use {@link lightProfile}.
 *
 * ```ts
 * const load = await startLoad({ targets, lanes: standardProfile({ scale: 0.5 }) })
 * ```
 */
export function standardProfile(options: ProfileOptions = {}): readonly Lane[] {
  const scale = options.scale ?? 1
  return [
    { kind: 'short', perSecond: 500 * scale },
    kept('keepalive', 5, 100, scale),
    kept('keepalive-idle', 30, 700, scale),
    kept('keepalive-idle', 10, 5000, scale),
    kept('http2', 4, 100, scale),
    kept('http2-idle', 5, 2000, scale),
    long('slow', 3, 2000, scale),
    long('upload', 3, 3000, scale),
    ...extras(options, scale),
  ]
}

/**
 * About 190 requests a second, 122 of them on new connections. One client IP through a Service
 * runs into conntrack's TIME_WAIT above 200 new connections a second (1-2 % SYN retransmits,
 * measured without any upgrade), so this is the mix for Services.
 */
export function lightProfile(options: ProfileOptions = {}): readonly Lane[] {
  const scale = options.scale ?? 1
  return [
    { kind: 'short', perSecond: 120 * scale },
    kept('keepalive', 3, 100, scale),
    kept('keepalive-idle', 10, 700, scale),
    kept('keepalive-idle', 5, 5000, scale),
    kept('http2', 2, 100, scale),
    kept('http2-idle', 3, 2000, scale),
    long('slow', 1, 2000, scale),
    long('upload', 1, 3000, scale),
    ...extras(options, scale),
  ]
}

function extras(options: ProfileOptions, scale: number): readonly Lane[] {
  return [
    ...(options.stream === true ? [long('stream', 0.1, 30_000, scale)] : []),
    ...(options.tcp === true ? [kept('tcp', 5, 200, scale)] : []),
    ...(options.grpc === true ? [kept('grpc', 4, 100, scale), grpcStreams(scale)] : []),
    ...(options.websocket === true ? [kept('websocket', 5, 200, scale)] : []),
    ...(options.dubbo === true ? [kept('dubbo', 4, 100, scale)] : []),
  ]
}

function grpcStreams(scale: number): Lane {
  const { connections, gapMs } = kept('grpc', 5, 200, scale)
  // Longer than the 15 s that Envoy is given to drain by default.
  return { kind: 'grpc-stream', connections, gapMs, durationMs: 25_000 }
}

function kept(kind: KeptLane['kind'], connections: number, gapMs: number, scale: number): KeptLane {
  return { kind, connections: Math.max(1, Math.round(connections * scale)), gapMs }
}

function long(
  kind: LongLane['kind'],
  perSecond: number,
  durationMs: number,
  scale: number,
): LongLane {
  return { kind, perSecond: perSecond * scale, durationMs }
}
