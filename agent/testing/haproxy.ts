import type { ProxyRelease } from '../../build/setup/proxyPackages.ts'
import type { Origin } from '../../test/ledger/index.ts'
import type { PackagedPorts } from './packagedPod.ts'

export interface HaproxyOptions {
  /** Where each process makes its stats socket. */
  readonly directory: string
  /** Added to every response as `x-version`. */
  readonly release: ProxyRelease
  readonly ports: PackagedPorts
  readonly upstream: Pick<Origin, 'http' | 'tcp'>
}

/** The configuration of a master with one worker, as agent/drain/README.md asks for it. */
export function haproxyConfiguration(options: HaproxyOptions): string {
  const { directory, release, ports, upstream } = options
  const { http, tcp } = upstream
  return `
global
    nbthread 2
    maxconn 2000
    stats socket "${directory}/\${BATON_INSTANCE}.sock" mode 600 level operator

defaults
    mode http
    option idle-close-on-response
    timeout connect 5s
    timeout client 120s
    timeout server 120s
    timeout tunnel 600s

frontend http1
    bind 0.0.0.0:${ports.http}
    http-response set-header x-version ${release}
    default_backend origin

frontend http2
    bind 0.0.0.0:${ports.http2} proto h2
    http-response set-header x-version ${release}
    default_backend origin

backend origin
    server origin ${http.host}:${http.port}

listen tcp
    mode tcp
    no option idle-close-on-response
    bind 0.0.0.0:${ports.tcp}
    server origin ${tcp.host}:${tcp.port}
`
}
