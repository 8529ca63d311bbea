import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

/** Everything the set-up takes from the environment. */
export interface SetupConfig {
  /** What is kept between checkouts: Kubernetes, Envoy. */
  readonly cacheDir: string
  /** Folders that programs are looked for in. */
  readonly path: readonly string[]
}

/** Reads BATON_CACHE (default `~/.cache/baton`) and PATH. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): SetupConfig {
  // Root's PATH lacks the sbin folders in some shells (su without a dash); ip and runc are there.
  const path = [
    ...(env['PATH'] ?? '').split(':'),
    '/usr/local/sbin',
    '/usr/sbin',
    '/usr/bin',
    '/sbin',
  ]
  return {
    cacheDir: resolve(env['BATON_CACHE'] ?? join(homedir(), '.cache', 'baton')),
    path: path.filter((directory) => directory !== ''),
  }
}
