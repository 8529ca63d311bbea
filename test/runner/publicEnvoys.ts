import { chmodSync, copyFileSync, existsSync, linkSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ENVOY_VERSIONS, envoyBinary } from '../../build/images/envoyReleases.ts'

export interface PublicEnvoys {
  /** Variables that name the binaries: BATON_ENVOY_1_38_3=/path/to/envoy. */
  readonly environment: Readonly<Record<string, string>>
  remove(): void
}

/**
 * Shows the Envoys that the set-up installed to processes of any user: tests run proxies without
 * privileges, and the home directory that the cache is in may be closed to them.
 */
export function publishEnvoys(cacheDir: string): PublicEnvoys {
  const directory = mkdtempSync(join(tmpdir(), 'baton-envoy-'))
  chmodSync(directory, 0o755)
  const environment: Record<string, string> = {}
  for (const version of ENVOY_VERSIONS) {
    const installed = envoyBinary(cacheDir, version)
    if (!existsSync(installed)) continue
    const shown = join(directory, `envoy-${version}`)
    try {
      linkSync(installed, shown)
    } catch {
      // Another file system.
      copyFileSync(installed, shown)
    }
    environment[`BATON_ENVOY_${version.replaceAll('.', '_')}`] = shown
  }
  return {
    environment,
    remove: () => {
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
