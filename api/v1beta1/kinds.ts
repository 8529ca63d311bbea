import { GROUP, VERSION } from '../group.ts'
import type { IngressGateway } from './ingressgateway.ts'
import type { SidecarSet } from './sidecarset.ts'
import type { TrafficInterception } from './trafficinterception.ts'

/** Where a kind lives in the API, and (in its type only) what its objects look like. */
interface Kind<T> {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly plural: string
  readonly namespaced: boolean
  /** Never set: carries T. */
  readonly objectType?: T
}

/** A SidecarSet that was read from the API server: its metadata has a name. */
export type StoredSidecarSet = SidecarSet & { readonly metadata: { readonly name: string } }

/** Fits the ResourceKind of runtime/client/kinds.ts, which the API must not import. */
export const SIDECAR_SETS: Kind<StoredSidecarSet> = {
  group: GROUP,
  version: VERSION,
  kind: 'SidecarSet',
  plural: 'sidecarsets',
  namespaced: false,
}

/** A TrafficInterception that was read from the API server. */
export type StoredTrafficInterception = TrafficInterception & {
  readonly metadata: { readonly name: string; readonly namespace: string }
}

export const TRAFFIC_INTERCEPTIONS: Kind<StoredTrafficInterception> = {
  group: GROUP,
  version: VERSION,
  kind: 'TrafficInterception',
  plural: 'trafficinterceptions',
  namespaced: true,
}

/** An IngressGateway that was read from the API server. */
export type StoredIngressGateway = IngressGateway & {
  readonly metadata: { readonly name: string; readonly namespace: string }
}

export const INGRESS_GATEWAYS: Kind<StoredIngressGateway> = {
  group: GROUP,
  version: VERSION,
  kind: 'IngressGateway',
  plural: 'ingressgateways',
  namespaced: true,
}
