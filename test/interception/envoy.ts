import { writeFile } from 'node:fs/promises'
import { envoyBinary } from '../../launcher/testing/envoy.ts'

const EXTENSIONS = 'type.googleapis.com/envoy.extensions'

/** Ports of the proxy, and those of the app that it knows the protocol of. */
export interface EnvoyPorts {
  readonly admin: number
  readonly inbound: number
  readonly outbound: number
  readonly http: number
  readonly tcp: number
  /** Nobody listens there; who is redirected is answered by the app. */
  readonly onlyByProxy: number
}

/**
 * An Envoy as meshes configure it: what was redirected to it goes where it was meant for; what came
 * from outside goes to the app on the loopback address, whatever port it was meant for. Who speaks to
 * its own ports is served like who was redirected.
 * @param peer IPv4 address of the server that HTTP goes to, when it is known: so what is spoken to
 *   the proxy itself has an aim as well
 */
export async function interceptingEnvoy(
  version: string,
  file: string,
  ports: EnvoyPorts,
  peer?: string,
): Promise<readonly string[]> {
  const inbound = [
    ...[ports.http, ports.inbound].map((port) => chain(port, http('app-http', version))),
    chain(ports.tcp, tcp('app-tcp')),
  ]
  const outbound = [
    ...(peer === undefined
      ? [chain(ports.http, http('original', version))]
      : [ports.http, ports.outbound].map((port) => chain(port, http('peer', version)))),
    chain(ports.onlyByProxy, http('app-http', version)),
    { filters: [tcp('original')] },
  ]
  const bootstrap = {
    admin: { address: address('127.0.0.1', ports.admin) },
    static_resources: {
      listeners: [
        listener('inbound', ports.inbound, inbound),
        listener('outbound', ports.outbound, outbound),
      ],
      clusters: [
        fixed('app-http', '127.0.0.1', ports.http),
        fixed('app-tcp', '127.0.0.1', ports.tcp),
        ...(peer === undefined ? [] : [fixed('peer', peer, ports.http)]),
        { ...shared('original'), type: 'ORIGINAL_DST', lb_policy: 'CLUSTER_PROVIDED' },
      ],
    },
  }
  await writeFile(file, JSON.stringify(bootstrap))
  return [
    envoyBinary(version),
    ...['-c', file, '--concurrency', '1', '--disable-hot-restart', '-l', 'error'],
    ...['--drain-strategy', 'immediate', '--drain-time-s', '600'],
  ]
}

/** One socket for both families, which learns from the kernel what a connection was meant for. */
function listener(name: string, port: number, chains: readonly unknown[]): unknown {
  return {
    name,
    address: { socket_address: { address: '::', port_value: port, ipv4_compat: true } },
    listener_filters: [
      {
        name: 'envoy.filters.listener.original_dst',
        typed_config: { '@type': `${EXTENSIONS}.filters.listener.original_dst.v3.OriginalDst` },
      },
    ],
    filter_chains: chains,
  }
}

function chain(port: number, filter: unknown): unknown {
  return { filter_chain_match: { destination_port: port }, filters: [filter] }
}

const LIMITS = {
  thresholds: [{ max_connections: 50_000, max_pending_requests: 50_000, max_requests: 50_000 }],
}

function shared(name: string): Readonly<Record<string, unknown>> {
  return { name, connect_timeout: '5s', circuit_breakers: LIMITS }
}

function fixed(name: string, host: string, port: number): unknown {
  const endpoint = { endpoint: { address: address(host, port) } }
  const load_assignment = { cluster_name: name, endpoints: [{ lb_endpoints: [endpoint] }] }
  return { ...shared(name), load_assignment }
}

function address(host: string, port: number): unknown {
  return { socket_address: { address: host, port_value: port } }
}

function tcp(cluster: string): unknown {
  const type = `${EXTENSIONS}.filters.network.tcp_proxy.v3.TcpProxy`
  return {
    name: 'envoy.filters.network.tcp_proxy',
    typed_config: { '@type': type, stat_prefix: cluster, cluster, idle_timeout: '0s' },
  }
}

function http(cluster: string, version: string): unknown {
  const type = `${EXTENSIONS}.filters.network.http_connection_manager.v3.HttpConnectionManager`
  const routes = [{ match: { prefix: '/' }, route: { cluster, timeout: '0s' } }]
  const router = `${EXTENSIONS}.filters.http.router.v3.Router`
  return {
    name: 'envoy.filters.network.http_connection_manager',
    typed_config: {
      '@type': type,
      stat_prefix: cluster,
      stream_idle_timeout: '0s',
      route_config: {
        response_headers_to_add: [{ header: { key: 'x-version', value: version } }],
        virtual_hosts: [{ name: 'all', domains: ['*'], routes }],
      },
      http_filters: [{ name: 'envoy.filters.http.router', typed_config: { '@type': router } }],
    },
  }
}
