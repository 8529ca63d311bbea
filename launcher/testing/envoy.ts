import { writeFile } from 'node:fs/promises'

/** Path of an Envoy of this version, by environment: BATON_ENVOY_1_38_3=/path/to/envoy. */
export function envoyBinary(version: string): string {
  const name = `BATON_ENVOY_${version.replaceAll('.', '_')}`
  const path = process.env[name]
  if (path === undefined) throw new Error(`${name} must name the binary of Envoy ${version}`)
  return path
}

export interface EnvoyListener {
  /** "0.0.0.0", or "::" for a listener that serves IPv4 too. */
  readonly host: '0.0.0.0' | '::'
  readonly port: number
  /** Whether each worker binds for itself. Envoy's default is true. */
  readonly reusePort?: boolean
}

export interface EnvoyOptions {
  readonly version: string
  /** Where the bootstrap is written. */
  readonly file: string
  readonly adminPort: number
  readonly workers: number
  readonly listeners: readonly EnvoyListener[]
}

/** Writes a bootstrap whose listeners answer with the version; the command that starts it. */
export async function envoyCommand(options: EnvoyOptions): Promise<readonly string[]> {
  const bootstrap = {
    admin: { address: socketAddress('127.0.0.1', options.adminPort) },
    static_resources: { listeners: options.listeners.map((one) => listener(one, options.version)) },
  }
  await writeFile(options.file, JSON.stringify(bootstrap))
  return [
    envoyBinary(options.version),
    ...['-c', options.file, '--concurrency', String(options.workers), '--disable-hot-restart'],
    ...['--drain-strategy', 'immediate', '--drain-time-s', '600', '-l', 'warning'],
  ]
}

/**
 * What drains an Envoy without loss: first the drain sequence, then the end of accepting. Either
 * order of the other kind loses requests.
 */
export async function drainEnvoy(adminPort: number): Promise<void> {
  for (const path of ['drain_listeners?graceful&skip_exit', 'drain_listeners']) {
    const answer = await fetch(`http://127.0.0.1:${adminPort}/${path}`, { method: 'POST' })
    if (!answer.ok) throw new Error(`${path} was answered ${answer.status}`)
  }
}

function socketAddress(address: string, port: number, ipv4 = false): unknown {
  return { socket_address: { address, port_value: port, ...(ipv4 && { ipv4_compat: true }) } }
}

function listener({ host, port, reusePort }: EnvoyListener, version: string): unknown {
  return {
    name: `in_${port}`,
    address: socketAddress(host, port, host === '::'),
    ...(reusePort !== undefined && { enable_reuse_port: reusePort }),
    filter_chains: [
      {
        filters: [
          {
            name: 'envoy.filters.network.http_connection_manager',
            typed_config: {
              '@type':
                'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
              stat_prefix: `in_${port}`,
              route_config: {
                virtual_hosts: [
                  {
                    name: 'all',
                    domains: ['*'],
                    routes: [
                      {
                        match: { prefix: '/' },
                        direct_response: { status: 200, body: { inline_string: version } },
                      },
                    ],
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
            },
          },
        ],
      },
    ],
  }
}
