import type { Lane } from '../ledger/index.ts'
import type { Protocol } from '../proxies/proxy.ts'

/** One column of the matrix: a group of equal clients of the load. */
export interface MatrixClient {
  readonly label: string
  readonly protocol: Protocol
  /** Short word for the command line. */
  readonly name: string
  /** Its lane at so many requests a second. */
  lane(perSecond: number): Lane
  /** True: never ends by itself, so that it is cut at the longest drain, whoever upgrades. */
  readonly endless?: boolean
}

/** Longer than the timer of 15 s, shorter than the longest drain. */
const LONG_MS = 20_000
/**
 * Longer than the timer too; a client may begin one more on its connection before it hears a GOAWAY,
 * so the longest drain must hold two of them.
 */
const STREAM_MS = 16_000

/** Connections that send every `gapMs`, so many that they send `perSecond` together. */
const connections = (perSecond: number, gapMs: number): number =>
  Math.max(1, Math.round((perSecond * gapMs) / 1000))

const kept = (
  kind: 'keepalive' | 'keepalive-idle' | 'http2' | 'grpc' | 'websocket' | 'tcp' | 'dubbo',
  gapMs: number,
  lifeMs?: number,
) => {
  return (label: string, perSecond: number): Lane => ({
    ...{ kind, label, gapMs, connections: connections(perSecond, gapMs) },
    ...(lifeMs === undefined ? {} : { lifeMs }),
  })
}

function client(
  name: string,
  protocol: Protocol,
  label: string,
  lane: (label: string, perSecond: number) => Lane,
  endless = false,
): MatrixClient {
  return { name, protocol, label, endless, lane: (perSecond) => lane(label, perSecond) }
}

export const CLIENTS: readonly MatrixClient[] = [
  client('short', 'http1', 'short HTTP/1.1', (label, perSecond) => ({
    ...{ kind: 'short', label, perSecond },
  })),
  client('keepalive-0', 'http1', 'keep-alive, no gap', (label, perSecond) => ({
    ...{ kind: 'keepalive', label, connections: 4, gapMs: 0, perSecond },
  })),
  client('keepalive-50', 'http1', 'keep-alive, 50 ms', kept('keepalive', 50)),
  client('keepalive-500', 'http1', 'keep-alive, 500 ms', kept('keepalive-idle', 500)),
  client('post', 'http1', 'slow POST of 20 s', (label, perSecond) => ({
    ...{ kind: 'upload', label, perSecond, durationMs: LONG_MS },
  })),
  client('http2', 'http2', 'HTTP/2', kept('http2', 50)),
  client('grpc', 'grpc', 'gRPC unary', kept('grpc', 50)),
  client('grpc-stream', 'grpc', 'gRPC stream of 16 s', (label, perSecond) => ({
    ...{ kind: 'grpc-stream', label, gapMs: 100, durationMs: STREAM_MS },
    connections: connections(perSecond, 100),
  })),
  client('websocket', 'websocket', 'WebSocket, up to 20 s', kept('websocket', 100, LONG_MS)),
  client('dubbo', 'dubbo', 'Dubbo, endless', kept('dubbo', 50), true),
  client('tcp', 'tcp', 'raw TCP, up to 20 s', kept('tcp', 100, LONG_MS)),
  client('tcp-endless', 'tcp', 'raw TCP, endless', kept('tcp', 100), true),
]
