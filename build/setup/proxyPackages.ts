import { readdirSync } from 'node:fs'
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

/** Paths below a root of unpacked packages. */
export interface Loader {
  /** The dynamic loader. */
  readonly path: string
  /** Folders that it finds libraries in. */
  readonly libraries: readonly string[]
}

/** The dynamic loader that the unpacked packages brought. Errors: there is none. */
export function loaderBelow(root: string): Loader {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  const path = files.find((file) => /^(usr\/)?lib\/.*\/ld-linux[^/]*\.so\.\d+$/.test(file))
  if (path === undefined) throw new Error(`there is no dynamic loader below ${root}`)
  const folder = path.slice(path.lastIndexOf('lib/') + 'lib/'.length, path.lastIndexOf('/'))
  return { path, libraries: ['lib', 'usr/lib'].map((parent) => `${parent}/${folder}`) }
}

/** The server in Go that tests hand over. */
export function goServerBinary(cacheDir: string): string {
  return join(cacheDir, 'go-server', 'server')
}
