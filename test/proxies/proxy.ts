import type { DesiredContainer } from '../../api/desired.ts'
import type { Target } from '../ledger/index.ts'

/** The two versions, or configurations, that a proxy is upgraded between, back and forth. */
export const SIDES = ['a', 'b'] as const
export type Side = (typeof SIDES)[number]

/** Slots that the sides run in; their files bear these names. */
export const INSTANCES: Readonly<Record<Side, string>> = { a: 'proxy-1', b: 'proxy-2' }

/** What clients connect to; each port carries its own protocols. */
export interface Ports {
  /** HTTP/1.1 and WebSocket. */
  readonly http: number
  /** HTTP/2 without TLS, with prior knowledge; gRPC. */
  readonly http2: number
  /** A byte stream. */
  readonly tcp: number
  /** Dubbo's frames, a byte stream to a proxy. */
  readonly dubbo: number
}

/** Where a proxy's requests go. */
export interface Upstream {
  /** HTTP/1.1 and WebSocket. */
  readonly http: Target
  /** HTTP/2 and gRPC. */
  readonly grpc: Target
  readonly tcp: Target
  readonly dubbo: Target
}

/** What a proxy is configured with. */
export interface Surroundings {
  /** The proxy's user may write here: configurations, sockets, pid files. */
  readonly directory: string
  readonly ports: Ports
  /** An admin's port, where there is one; all sides are configured with it. */
  readonly adminPort: number
  /** Where intercepted connections are redirected to. */
  readonly interceptPort: number
  readonly upstream: Upstream
}

/** Protocols of the load; what a proxy does not carry has a reason instead. */
export type Protocol = 'http1' | 'http2' | 'grpc' | 'websocket' | 'tcp' | 'dubbo'

/** A real proxy or server: how its two sides are configured, started and changed. */
export interface Proxy {
  readonly name: string
  /** What is special about it, for people. */
  readonly what: string
  readonly versions: Readonly<Record<Side, string>>
  /** Protocols that it does not carry, each with the reason. */
  readonly without: Readonly<Partial<Record<Protocol, string>>>
  /** Addresses that clients use in turn. Defaults to 127.0.0.1. */
  readonly hosts?: readonly string[]
  /** Clients connect to the origin itself, and iptables lead them to `interceptPort`. */
  readonly intercepts?: boolean
  readonly hasAdmin?: boolean
  /** How the agent drains it. */
  drain(surroundings: Surroundings): DesiredContainer['drain']['method']
  /** Writes a side's configuration; the command that starts it in the foreground. */
  command(side: Side, surroundings: Surroundings): Promise<readonly string[]>
  /** How it replaces itself; a reason where it cannot. */
  readonly own: OwnReload | string
}

/** A proxy's own way to a new version or configuration. */
export interface OwnReload {
  /** For people. */
  readonly how: string
  /** Starts side a; it need not listen yet. */
  start(surroundings: Surroundings): Promise<OwnRunning>
}

export interface OwnRunning {
  /** Changes to a side, and resolves when the previous process is gone. */
  change(side: Side): Promise<void>
  /** Ends all its processes. */
  end(): Promise<void>
}

/** How long an old process may live on after a change, whichever way it is made. */
export const MAX_DRAIN_SECONDS = 36
