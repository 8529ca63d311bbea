import { DEFAULT_PROXY_PORTS } from '../interception/desired.ts'
import type {
  InterceptedTraffic,
  InterceptionHook,
  InterceptionHooks,
  InterceptionRollout,
  TrafficInterceptionSpec,
} from '../v1beta1/trafficinterception.ts'

type DefaultedHook = Omit<InterceptionHook, 'dubboQos'> &
  Required<Pick<InterceptionHook, 'timeoutSeconds' | 'waitSeconds' | 'onError'>> & {
    readonly dubboQos?: NonNullable<InterceptionHook['dubboQos']> & { readonly port: number }
  }

/** A spec in which every field is present that has a default of its own. */
export interface DefaultedInterception extends TrafficInterceptionSpec {
  readonly inbound: Required<InterceptedTraffic>
  readonly outbound: Required<InterceptedTraffic>
  readonly mode: NonNullable<TrafficInterceptionSpec['mode']>
  readonly dns?: { readonly proxyPort: number }
  readonly hooks: { readonly [K in keyof InterceptionHooks]: DefaultedHook }
  readonly drain: { readonly timerSeconds: number }
  readonly onProxyFailure: NonNullable<TrafficInterceptionSpec['onProxyFailure']>
  readonly rollout: Required<InterceptionRollout>
}

/** Apache Dubbo's default. */
const QOS_PORT = 22222
/**
 * A consumer that hears of both at once, of a provider that left and of its return, keeps the connection
 * that it has, and its calls would not change their way.
 */
const QOS_WAIT_SECONDS = 5

/** Fills in every default. What the user wrote stays; applying it twice changes nothing. */
export function defaultInterception(spec: TrafficInterceptionSpec): DefaultedInterception {
  const { dns, ...rest } = spec
  return {
    ...rest,
    inbound: traffic(spec.inbound ?? {}, DEFAULT_PROXY_PORTS.inbound),
    outbound: traffic(spec.outbound ?? {}, DEFAULT_PROXY_PORTS.outbound),
    mode: spec.mode ?? 'Redirect',
    ...(dns === undefined ? {} : { dns: { proxyPort: dns.proxyPort ?? DEFAULT_PROXY_PORTS.dns } }),
    hooks: hooks(spec.hooks ?? {}),
    drain: { timerSeconds: spec.drain?.timerSeconds ?? 15 },
    onProxyFailure: spec.onProxyFailure ?? 'Bypass',
    rollout: {
      partition: spec.rollout?.partition ?? 0,
      maxUnavailable: spec.rollout?.maxUnavailable ?? '25%',
      paused: spec.rollout?.paused ?? false,
    },
  }
}

function traffic(value: InterceptedTraffic, proxyPort: number): Required<InterceptedTraffic> {
  return {
    ports: value.ports ?? '*',
    excludePorts: value.excludePorts ?? [],
    includeCIDRs: value.includeCIDRs ?? [],
    excludeCIDRs: value.excludeCIDRs ?? [],
    proxyPort: value.proxyPort ?? proxyPort,
  }
}

function hooks({
  offline,
  online,
  gracefulClose,
}: InterceptionHooks): DefaultedInterception['hooks'] {
  return {
    ...(offline === undefined ? {} : { offline: hook(offline, QOS_WAIT_SECONDS) }),
    ...(online === undefined ? {} : { online: hook(online, 0) }),
    ...(gracefulClose === undefined
      ? {}
      : { gracefulClose: hook(gracefulClose, QOS_WAIT_SECONDS) }),
  }
}

function hook(value: InterceptionHook, qosWaitSeconds: number): DefaultedHook {
  const { dubboQos, httpGet, httpPost, ...rest } = value
  return {
    ...rest,
    ...(dubboQos === undefined
      ? {}
      : { dubboQos: { ...dubboQos, port: dubboQos.port ?? QOS_PORT } }),
    ...(httpGet === undefined ? {} : { httpGet: { path: '/', ...httpGet } }),
    ...(httpPost === undefined ? {} : { httpPost: { path: '/', ...httpPost } }),
    timeoutSeconds: value.timeoutSeconds ?? 5,
    waitSeconds: value.waitSeconds ?? (dubboQos === undefined ? 0 : qosWaitSeconds),
    onError: value.onError ?? 'Abort',
  }
}
