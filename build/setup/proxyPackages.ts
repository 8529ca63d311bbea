import { join } from 'node:path'

/**
 * Releases of the distribution that HAProxy and nginx are taken from: the machine's own, and another
 * one, so that tests upgrade between versions.
 */
export const PROXY_RELEASES = ['own', 'other'] as const
export type ProxyRelease = (typeof PROXY_RELEASES)[number]

/** Packages that are unpacked, with all that they depend on. */
export const PROXY_PACKAGES = ['haproxy', 'nginx', 'libnginx-mod-stream'] as const

/** Programs that start scripts beside `root` are made for. */
export const PROXY_PROGRAMS = ['haproxy', 'nginx'] as const

/**
 * The folder of one release: `haproxy` and `nginx` start the programs below `root`, with their own
 * loader and libraries. Holds nothing but `unavailable`, a sentence, when there is no other release.
 */
export function proxyDirectory(cacheDir: string, release: ProxyRelease): string {
  return join(cacheDir, `proxies-${release}`)
}

/** The server in Go that tests hand over. */
export function goServerBinary(cacheDir: string): string {
  return join(cacheDir, 'go-server', 'server')
}
