import { writeFile } from 'node:fs/promises'

export interface EnvoyOptions {
  /** Where the bootstrap is written. */
  readonly file: string
  readonly adminPort: number
  /** One listener each, on all IPv4 addresses. */
  readonly ports: readonly number[]
  readonly upstream: { readonly host: string; readonly port: number }
  /** Added to every response as `x-version`. */
  readonly version: string
}

/** Writes a static bootstrap and returns the command that a slot runs. */
export async function envoyCommand(
  binary: string,
  options: EnvoyOptions,
): Promise<readonly string[]> {
  await writeFile(options.file, JSON.stringify(bootstrap(options)))
  return [
    binary,
    ...['-c', options.file, '--concurrency', '1', '--disable-hot-restart', '-l', 'warning'],
    ...['--drain-strategy', 'immediate', '--drain-time-s', '600'],
  ]
}

function bootstrap({ adminPort, ports, upstream, version }: EnvoyOptions): unknown {
  return {
    admin: { address: socketAddress('127.0.0.1', adminPort) },
    static_resources: {
      listeners: ports.map((port) => listener(port, version)),
      clusters: [
        {
          name: 'upstream',
          connect_timeout: '1s',
          load_assignment: {
            cluster_name: 'upstream',
            endpoints: [
              {
                lb_endpoints: [
                  { endpoint: { address: socketAddress(upstream.host, upstream.port) } },
                ],
              },
            ],
          },
        },
      ],
    },
  }
}

function socketAddress(address: string, port: number): unknown {
  return { socket_address: { address, port_value: port } }
}

function listener(port: number, version: string): unknown {
  const manager = {
    '@type':
      'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
    stat_prefix: `in_${port}`,
    codec_type: 'AUTO',
    route_config: {
      response_headers_to_add: [{ header: { key: 'x-version', value: version } }],
      virtual_hosts: [
        {
          name: 'all',
          domains: ['*'],
          routes: [{ match: { prefix: '/' }, route: { cluster: 'upstream', timeout: '0s' } }],
        },
      ],
    },
    http_filters: [
      {
        name: 'envoy.filters.http.router',
        typed_config: {
          '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router',
        },
      },
    ],
  }
  return {
    name: `in_${port}`,
    address: socketAddress('0.0.0.0', port),
    filter_chains: [
      {
        filters: [{ name: 'envoy.filters.network.http_connection_manager', typed_config: manager }],
      },
    ],
  }
}
