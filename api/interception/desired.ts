import { createHash } from 'node:crypto'
import { canonicalJson } from '../canonicalJson.ts'
import { array, boolean, decodeJson, DecodeError, literal, number } from '../decode.ts'
import type { Decoder } from '../decode.ts'
import { object, optional, string } from '../decode.ts'
import { hook } from './hook.ts'

/**
 * The annotation `baton.dev/interception`: what of a pod's traffic goes through its proxy. Written by
 * the webhook at creation and by the operator afterwards; carried out by `baton-iptables` before the
 * app's first packet, then by the agent, which reads it from the downward API.
 */

/** Ports of TCP, or "*" for all. */
const ports: Decoder<readonly number[] | '*'> = (value, path) =>
  value === '*' ? value : array(port)(value, path)

const port: Decoder<number> = (value, path) => wholeNumber(value, path, 1, 65_535, 'a port')
const id: Decoder<number> = (value, path) => wholeNumber(value, path, 0, 4_294_967_294, 'an id')

function wholeNumber(
  value: unknown,
  path: string,
  lowest: number,
  highest: number,
  what: string,
): number {
  const found = number(value, path)
  if (Number.isInteger(found) && found >= lowest && found <= highest) return found
  throw new DecodeError(path, `${what} from ${lowest} to ${highest}`, value)
}

/** One direction: `inbound` is what comes to the pod, `outbound` what the app sends. */
const side = object({
  ports,
  excludePorts: array(port),
  /** Of destinations for outbound, of sources for inbound; empty = all. Both families may be mixed. */
  includeCIDRs: array(string),
  excludeCIDRs: array(string),
  /** Where the proxy listens. */
  proxyPort: port,
})

export const interceptionModes = ['Redirect', 'Tproxy'] as const
export const proxyFailurePolicies = ['Bypass', 'Block'] as const

const interception = object({
  v: literal(1),
  /** Changes with each new wanted state: {@link interceptionId} of the rest. */
  id: string,
  enabled: boolean,
  /** Absent: this direction is left alone. */
  inbound: optional(side),
  outbound: optional(side),
  /** Whose outbound traffic is left alone: that of the proxy itself. */
  excludeUIDs: array(id),
  excludeGIDs: array(id),
  /** Tproxy: inbound connections keep both addresses; the proxy's listener must be transparent. */
  mode: literal(...interceptionModes),
  /** The app's DNS queries (UDP and TCP 53) go there; absent: they are left alone. */
  dns: optional(object({ proxyPort: port })),
  hooks: object({
    /** Before the rules go on. */
    offline: optional(hook),
    /** After they are on and verified. */
    online: optional(hook),
    /** Before the rules go off: the proxy tells its peers and the SDK to leave it. */
    gracefulClose: optional(hook),
  }),
  /** From "rules off" until what is left on the proxy is reported. */
  drain: object({ timerSeconds: number }),
  onProxyFailure: literal(...proxyFailurePolicies),
  /** Name of the TrafficInterception; empty: what the SidecarSet says of new pods. */
  from: string,
})

export type Interception = ReturnType<typeof interception>
export type InterceptedSide = ReturnType<typeof side>

/** Errors: DecodeError that names the field. */
export function parseInterception(text: string): Interception {
  return decodeJson(interception, text, 'baton.dev/interception')
}

/** Keys in a fixed order, so that equal values give equal text. */
export function formatInterception(value: Interception): string {
  return JSON.stringify(interception(value, 'baton.dev/interception'))
}

/** Ten hexadecimal digits; equal for wanted states that mean the same. */
export function interceptionId(wanted: Omit<Interception, 'id'>): string {
  // Who wants it is no part of what is wanted. Absent values do not count.
  const meaning = { ...wanted, id: undefined, from: undefined }
  return createHash('sha256').update(canonicalJson(meaning)).digest('hex').slice(0, 10)
}

/** A wanted state with its id. */
export function withId(wanted: Omit<Interception, 'id'>): Interception {
  return { ...wanted, id: interceptionId(wanted) }
}

/** Init container of pods whose traffic can be intercepted: only those can be toggled. */
export const IPTABLES_CONTAINER = 'baton-iptables'

/** Where proxies of meshes listen by habit, and where ours do unless told otherwise. */
export const DEFAULT_PROXY_PORTS = { inbound: 15006, outbound: 15001, dns: 15053 } as const

/**
 * Group of the agent in pods that intercept. The rules know its probe by it: no proxy has this group,
 * so a probe that a proxy passes on is not caught again.
 */
export const INTERCEPTING_GROUP = 15_020
