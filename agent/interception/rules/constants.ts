/** On the loopback address; nobody listens there, so what connects was redirected. */
export const PROBE_PORTS = { inbound: 15_017, outbound: 15_018 } as const

/** Mark of connections from a transparent proxy to the app; Envoy's and Istio's habit. */
export const TRANSPARENT_MARK = '0x539'
/** Routing table that brings the app's answers on them to the proxy, not to the client. */
export const TRANSPARENT_TABLE = 133

/** Of conntrack: the proxy's own DNS queries, and those of the app. */
export const DNS_ZONES = { proxy: 1, app: 2 } as const
