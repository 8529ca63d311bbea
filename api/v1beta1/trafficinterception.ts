import type { V1LabelSelector, V1ObjectMeta } from '@kubernetes/client-node'
import type { Wire } from '../wire.ts'
import type { Condition, IntOrPercent } from './sidecarset.ts'

/** Ports by number, or all of them. */
export type InterceptedPorts = readonly number[] | '*'

export type InterceptionMode = 'Redirect' | 'Tproxy'
export type HookErrorPolicy = 'Abort' | 'Continue'
export type ProxyFailurePolicy = 'Bypass' | 'Block'

/** The connections of one direction that go through the proxy. */
export interface InterceptedTraffic {
  /** Defaults to all; an empty list intercepts nothing in this direction. */
  readonly ports?: InterceptedPorts
  readonly excludePorts?: readonly number[]
  /** Destinations (outbound) or sources (inbound). Absent or empty: all. */
  readonly includeCIDRs?: readonly string[]
  readonly excludeCIDRs?: readonly string[]
  /** Where the proxy listens for them. Defaults to 15006 inbound, 15001 outbound. */
  readonly proxyPort?: number
}

/** A request to the app in its pod; 200 to 299 is success. */
export interface HttpHook {
  readonly port: number
  /** With its query. Defaults to /. */
  readonly path?: string
  /** Defaults to 127.0.0.1. */
  readonly host?: string
}

/** What is called around the toggle. Exactly one of the first four is given. */
export interface InterceptionHook {
  readonly httpGet?: HttpHook
  readonly httpPost?: HttpHook & {
    readonly body?: string
    /** Defaults to application/json. */
    readonly contentType?: string
  }
  /** Apache Dubbo's QoS console. */
  readonly dubboQos?: {
    /** Defaults to 22222. */
    readonly port?: number
    /** Defaults to online for the hook of this name, else offline. */
    readonly command?: string
    /** Which services: a pattern. Absent: all. */
    readonly service?: string
  }
  /** A program of a hot container's image, run in the slot that serves. */
  readonly exec?: {
    readonly command: readonly string[]
    /** Which hot container. Defaults to the first of the pod. */
    readonly container?: string
  }
  /** Defaults to 5. */
  readonly timeoutSeconds?: number
  /**
   * After it has succeeded, for callers to learn of it. Defaults to 5 where Dubbo leaves its registry,
   * else to 0.
   */
  readonly waitSeconds?: number
  /** Whether the toggle goes on when the hook fails. Defaults to Abort. */
  readonly onError?: HookErrorPolicy
}

export interface InterceptionHooks {
  /** Before the rules are switched on: the app leaves its registry. */
  readonly offline?: InterceptionHook
  /** After they are on it comes back; and after they are off, if gracefulClose was called. */
  readonly online?: InterceptionHook
  /** Before they are switched off: the proxy says good-bye, and the SDK is told. */
  readonly gracefulClose?: InterceptionHook
}

/** How many pods are toggled, and how many at a time. */
export interface InterceptionRollout {
  /** Pods that keep their state. Defaults to 0. */
  readonly partition?: IntOrPercent
  /** Pods that may be in a toggle or not ready at a time. Defaults to 25%. */
  readonly maxUnavailable?: IntOrPercent
  /** No toggle is started while true; those that are going on finish. Defaults to false. */
  readonly paused?: boolean
}

export interface TrafficInterceptionSpec {
  /** Pods of the object's namespace. */
  readonly selector: Wire<V1LabelSelector>
  /** Of these only the ones with these names. Absent: all. */
  readonly podNames?: readonly string[]
  /** Of these only the ones on nodes with these labels. Absent: all. */
  readonly nodeSelector?: Readonly<Record<string, string>>
  /** The toggle. */
  readonly enabled: boolean
  readonly inbound?: InterceptedTraffic
  readonly outbound?: InterceptedTraffic
  /** Users whose own traffic is left alone. Defaults to those of the hot containers of a pod. */
  readonly excludeUIDs?: readonly number[]
  readonly excludeGIDs?: readonly number[]
  /** Defaults to Redirect. */
  readonly mode?: InterceptionMode
  /** The app's DNS queries (UDP and TCP 53) go to the proxy too. Absent: they are left alone. */
  readonly dns?: {
    /** Defaults to 15053. */
    readonly proxyPort?: number
  }
  readonly hooks?: InterceptionHooks
  readonly drain?: {
    /** From rules off until the proxy closes what is left. Defaults to 15. */
    readonly timerSeconds?: number
  }
  /** What becomes of connections when the proxy is dead. Defaults to Bypass. */
  readonly onProxyFailure?: ProxyFailurePolicy
  readonly rollout?: InterceptionRollout
}

export type AppState = 'Enabled' | 'Disabled'

export interface TrafficInterceptionStatus {
  readonly observedGeneration?: number
  /** Pods that it selects, without those that an older object has. */
  readonly matchedPods?: number
  /** Pods whose agent has seen interception work. */
  readonly enabledPods?: number
  readonly disabledPods?: number
  /** Pods in a toggle. */
  readonly switchingPods?: number
  readonly failedPods?: number
  /** Pods whose proxy is dead: their apps go on directly, by onProxyFailure Bypass. */
  readonly bypassedPods?: number
  /** What all pods had when the last rollout was complete: what new pods start with in the next. */
  readonly currentState?: AppState
  readonly conditions?: readonly Condition[]
}

export interface TrafficInterception {
  readonly apiVersion: 'baton.dev/v1beta1'
  readonly kind: 'TrafficInterception'
  readonly metadata: Wire<V1ObjectMeta>
  readonly spec: TrafficInterceptionSpec
  readonly status?: TrafficInterceptionStatus
}
