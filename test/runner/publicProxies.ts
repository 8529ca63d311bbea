import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { goServerBinary, PROXY_RELEASES, proxyDirectory } from '../../build/setup/proxyPackages.ts'

export interface PublicProxies {
  /** BATON_PROXIES names the folder. */
  readonly environment: Readonly<Record<string, string>>
  remove(): void
}

/** Shows the unpacked proxies to processes of any user, as `publishEnvoys` does. */
export function publishProxies(cacheDir: string): PublicProxies {
  const directory = mkdtempSync(join(tmpdir(), 'baton-proxies-'))
  chmodSync(directory, 0o755)
  const places = PROXY_RELEASES.map((release) => proxyDirectory(cacheDir, release))
  for (const place of [...places, goServerBinary(cacheDir)]) {
    if (!existsSync(place)) continue
    // Links where that is possible: the packages are tens of megabytes.
    const linked = spawnSync('cp', ['-al', place, directory])
    if (linked.status !== 0) spawnSync('cp', ['-a', place, directory])
  }
  return {
    environment: { BATON_PROXIES: directory },
    remove: () => {
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
