import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { envoyBinary } from '../../launcher/testing/envoy.ts'
import { envoyBootstrap } from './envoyBootstrap.ts'
import { hotRestart } from './envoyHotRestart.ts'
import type { Proxy, Side, Surroundings } from './proxy.ts'

interface EnvoyOptions {
  readonly name: string
  readonly what: string
  readonly versions: Readonly<Record<Side, string>>
  readonly workers: Readonly<Record<Side, number>>
  readonly reusePort: boolean
  readonly host: '0.0.0.0' | '::'
  readonly intercepts?: boolean
}

/** Writes the bootstrap of a side; the words that start it, without how it restarts. */
async function words(
  options: EnvoyOptions,
  side: Side,
  surroundings: Surroundings,
): Promise<readonly string[]> {
  const { versions, workers, reusePort, host, intercepts = false } = options
  const { directory, adminPort, ports, upstream, interceptPort } = surroundings
  const file = join(directory, `envoy-${side}.json`)
  const bootstrap = envoyBootstrap({
    ...{ adminPort, ports, upstream, reusePort, host, version: versions[side] },
    ...(intercepts ? { interceptPort } : {}),
  })
  await writeFile(file, JSON.stringify(bootstrap))
  return [
    envoyBinary(versions[side]),
    ...['-c', file, '--concurrency', String(workers[side]), '-l', 'warning'],
    ...['--drain-strategy', 'immediate'],
  ]
}

function envoy(options: EnvoyOptions): Proxy {
  const { name, what, versions, intercepts = false } = options
  return {
    name,
    what,
    versions: { a: `Envoy ${versions.a}`, b: `Envoy ${versions.b}` },
    without: {},
    hosts: options.host === '::' ? ['127.0.0.1', '::1'] : ['127.0.0.1'],
    intercepts,
    hasAdmin: true,
    drain: ({ adminPort }) => ({ envoy: { adminPort } }),
    command: async (side, surroundings) => [
      ...(await words(options, side, surroundings)),
      ...['--disable-hot-restart', '--drain-time-s', '600'],
    ],
    own: hotRestart((side, surroundings) => words(options, side, surroundings)),
  }
}

/** The shapes of Envoy that adopt listeners in different ways. */
export const envoys = (): readonly Proxy[] => [
  envoy({
    name: 'envoy',
    what: 'reuse_port on, IPv4 and IPv6, 2 and 3 workers',
    versions: { a: '1.38.3', b: '1.40.0' },
    workers: { a: 2, b: 3 },
    reusePort: true,
    host: '::',
  }),
  envoy({
    name: 'envoy-one-socket',
    what: 'reuse_port off, 2 and 1 workers',
    versions: { a: '1.36.4', b: '1.39.3' },
    workers: { a: 2, b: 1 },
    reusePort: false,
    host: '0.0.0.0',
  }),
  envoy({
    name: 'envoy-intercepted',
    what: 'original-destination listener behind iptables REDIRECT, 2 workers',
    versions: { a: '1.39.3', b: '1.40.0' },
    workers: { a: 2, b: 2 },
    reusePort: true,
    host: '0.0.0.0',
    intercepts: true,
  }),
]
