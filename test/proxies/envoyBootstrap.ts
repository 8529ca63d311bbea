import type { Target } from '../ledger/index.ts'
import type { Ports, Upstream } from './proxy.ts'

export interface EnvoyBootstrap {
  readonly adminPort: number
  readonly ports: Ports
  readonly upstream: Upstream
  /** Each worker binds for itself; Envoy's default is true. */
  readonly reusePort: boolean
  /** `::` serves IPv4 too. */
  readonly host: '0.0.0.0' | '::'
  /** One listener here takes what iptables redirected, instead of one a port. */
  readonly interceptPort?: number
  /** Added to responses, so that the two sides differ. */
  readonly version: string
}

const extensions = 'type.googleapis.com/envoy.extensions'

/** A static bootstrap: HTTP/1.1 with WebSocket, HTTP/2 with gRPC, and two byte streams. */
export function envoyBootstrap(options: EnvoyBootstrap): unknown {
  const { adminPort, upstream, interceptPort } = options
  return {
    admin: { address: address('127.0.0.1', adminPort) },
    static_resources: {
      listeners: interceptPort === undefined ? plain(options) : [intercepting(options)],
      clusters:
        interceptPort === undefined
          ? [
              cluster('http1', upstream.http),
              { ...cluster('http2', upstream.grpc), ...http2 },
              cluster('tcp', upstream.tcp),
              cluster('dubbo', upstream.dubbo),
            ]
          : [original('http1'), { ...original('http2'), ...http2 }, original('tcp')],
    },
  }
}

function plain(options: EnvoyBootstrap): readonly unknown[] {
  const { ports, host, reusePort, version } = options
  const listener = (name: keyof Ports, filter: unknown): unknown => ({
    name,
    address: address(host, ports[name], host === '::'),
    enable_reuse_port: reusePort,
    filter_chains: [{ filters: [filter] }],
  })
  return [
    listener('http', httpManager('http1', version)),
    listener('http2', httpManager('http2', version)),
    listener('tcp', tcpProxy('tcp')),
    listener('dubbo', tcpProxy('dubbo')),
  ]
}

/** What the ports mean is told by the destination that the client asked for. */
function intercepting(options: EnvoyBootstrap): unknown {
  const { ports, interceptPort = 0, version, reusePort, host } = options
  const chain = (port: number, filter: unknown): unknown => ({
    filter_chain_match: { destination_port: port },
    filters: [filter],
  })
  return {
    name: 'intercepted',
    address: address(host, interceptPort, host === '::'),
    enable_reuse_port: reusePort,
    listener_filters: [
      {
        name: 'envoy.filters.listener.original_dst',
        typed_config: {
          '@type': `${extensions}.filters.listener.original_dst.v3.OriginalDst`,
        },
      },
    ],
    filter_chains: [
      chain(ports.http, httpManager('http1', version)),
      chain(ports.http2, httpManager('http2', version)),
      chain(ports.tcp, tcpProxy('tcp')),
      chain(ports.dubbo, tcpProxy('tcp')),
    ],
  }
}

const http2 = {
  typed_extension_protocol_options: {
    'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
      '@type': `${extensions}.upstreams.http.v3.HttpProtocolOptions`,
      explicit_http_config: { http2_protocol_options: {} },
    },
  },
}

// The default of 1,024 would refuse what a slow POST of 20 s keeps open.
const limits = {
  circuit_breakers: {
    thresholds: [{ max_connections: 50_000, max_pending_requests: 50_000, max_requests: 50_000 }],
  },
}

function cluster(name: string, target: Target): Readonly<Record<string, unknown>> {
  const endpoint = { endpoint: { address: address(target.host, target.port) } }
  return {
    name,
    ...limits,
    connect_timeout: '5s',
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: [endpoint] }] },
  }
}

function original(name: string): Readonly<Record<string, unknown>> {
  return {
    name,
    ...limits,
    connect_timeout: '5s',
    type: 'ORIGINAL_DST',
    lb_policy: 'CLUSTER_PROVIDED',
  }
}

function address(host: string, port: number, ipv4 = false): unknown {
  return { socket_address: { address: host, port_value: port, ...(ipv4 && { ipv4_compat: true }) } }
}

function tcpProxy(name: string): unknown {
  return {
    name: 'envoy.filters.network.tcp_proxy',
    typed_config: {
      '@type': `${extensions}.filters.network.tcp_proxy.v3.TcpProxy`,
      stat_prefix: name,
      cluster: name,
    },
  }
}

function httpManager(name: string, version: string): unknown {
  return {
    name: 'envoy.filters.network.http_connection_manager',
    typed_config: {
      '@type': `${extensions}.filters.network.http_connection_manager.v3.HttpConnectionManager`,
      stat_prefix: name,
      codec_type: 'AUTO',
      stream_idle_timeout: '0s',
      upgrade_configs: [{ upgrade_type: 'websocket' }],
      route_config: {
        response_headers_to_add: [{ header: { key: 'x-version', value: version } }],
        virtual_hosts: [
          {
            name: 'all',
            domains: ['*'],
            routes: [{ match: { prefix: '/' }, route: { cluster: name, timeout: '0s' } }],
          },
        ],
      },
      http_filters: [
        {
          name: 'envoy.filters.http.router',
          typed_config: { '@type': `${extensions}.filters.http.router.v3.Router` },
        },
      ],
    },
  }
}
