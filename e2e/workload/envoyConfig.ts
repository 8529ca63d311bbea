import { stringify } from 'yaml'
import { PORTS } from './ports.ts'

export interface EnvoyConfigOptions {
  /** Listeners to leave out, for a version that serves less than the one before it. */
  readonly without?: readonly ('httpIpv6' | 'tcp')[]
  /** A request for {@link HANG_PATH} hangs the worker for good. */
  readonly hangs?: boolean
  /** Also listens where interception brings the traffic of the pod. */
  readonly intercepts?: boolean
  /** Address of the app. Defaults to the pod's own. */
  readonly app?: { readonly host: string; readonly port: number }
}

export const HANG_PATH = '/hang'

/** A static bootstrap: one admin, two HTTP listeners and a TCP one, all in front of the app. */
export function envoyConfig(options: EnvoyConfigOptions = {}): string {
  const without = new Set<string>(options.without)
  const listeners = [
    httpListener('http', '0.0.0.0', PORTS.http, options),
    ...(without.has('httpIpv6') ? [] : [httpListener('http6', '::', PORTS.httpIpv6, options)]),
    ...(without.has('tcp') ? [] : [tcpListener('tcp', PORTS.tcp)]),
    ...(options.intercepts === true
      ? [httpListener('inbound', '0.0.0.0', PORTS.inbound, options), outboundListener()]
      : []),
  ]
  return stringify({
    admin: { address: address('127.0.0.1', PORTS.admin) },
    static_resources: {
      listeners,
      clusters: [
        cluster('app', options.app?.port ?? PORTS.app, options.app?.host),
        cluster('echo', PORTS.echo),
        ...(options.intercepts === true ? [ORIGINAL_DESTINATION] : []),
      ],
    },
  })
}

const ORIGINAL_DESTINATION = {
  name: 'outbound',
  type: 'ORIGINAL_DST',
  lb_policy: 'CLUSTER_PROVIDED',
  connect_timeout: '5s',
}

/** Passes on what the app sends to where it sent it. */
function outboundListener(): object {
  return {
    ...tcpListener('outbound', PORTS.outbound),
    listener_filters: [
      {
        name: 'envoy.filters.listener.original_dst',
        typed_config: {
          '@type':
            'type.googleapis.com/envoy.extensions.filters.listener.original_dst.v3.OriginalDst',
        },
      },
    ],
  }
}

function address(host: string, port: number): object {
  return {
    socket_address: {
      address: host,
      port_value: port,
      ...(host === '::' ? { ipv4_compat: true } : {}),
    },
  }
}

function cluster(name: string, port: number, host = '127.0.0.1'): object {
  return {
    name,
    type: 'STATIC',
    connect_timeout: '5s',
    // The defaults of 1,024 would answer 503 to a burst, which the ledger would book on the upgrade.
    circuit_breakers: {
      thresholds: [{ max_connections: 65536, max_pending_requests: 65536, max_requests: 65536 }],
    },
    load_assignment: {
      cluster_name: name,
      endpoints: [{ lb_endpoints: [{ endpoint: { address: address(host, port) } }] }],
    },
  }
}

function httpListener(
  name: string,
  host: string,
  port: number,
  { hangs = false }: EnvoyConfigOptions,
): object {
  return {
    name,
    address: address(host, port),
    filter_chains: [
      {
        filters: [
          {
            name: 'envoy.filters.network.http_connection_manager',
            typed_config: {
              '@type':
                'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
              stat_prefix: name,
              codec_type: 'AUTO',
              // A proxy that ends idle connections by itself would race with the clients' next request.
              common_http_protocol_options: { idle_timeout: '0s' },
              stream_idle_timeout: '0s',
              route_config: {
                virtual_hosts: [
                  {
                    name: 'app',
                    domains: ['*'],
                    routes: [{ match: { prefix: '/' }, route: { cluster: 'app', timeout: '0s' } }],
                  },
                ],
              },
              http_filters: [
                ...(hangs ? [hangingFilter()] : []),
                {
                  name: 'envoy.filters.http.router',
                  typed_config: {
                    '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router',
                  },
                },
              ],
            },
          },
        ],
      },
    ],
  }
}

/** What a worker does in a loop without an end: it accepts and answers nothing more. */
function hangingFilter(): object {
  const script = `
    function envoy_on_request(handle)
      if handle:headers():get(":path") == "${HANG_PATH}" then while true do end end
    end`
  return {
    name: 'envoy.filters.http.lua',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua',
      default_source_code: { inline_string: script },
    },
  }
}

function tcpListener(name: string, port: number, to = name === 'tcp' ? 'echo' : name): object {
  return {
    name,
    address: address('0.0.0.0', port),
    filter_chains: [
      {
        filters: [
          {
            name: 'envoy.filters.network.tcp_proxy',
            typed_config: {
              '@type': 'type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy',
              stat_prefix: name,
              cluster: to,
            },
          },
        ],
      },
    ],
  }
}
