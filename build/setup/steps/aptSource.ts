import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { SetupError } from '../error.ts'
import type { ProxyRelease } from '../proxyPackages.ts'

/** One line of what `apt-get indextargets` prints in our format: where packages come from. */
export interface IndexTarget {
  readonly uri: string
  readonly release: string
  readonly component: string
}

const format = '$(REPO_URI) $(RELEASE) $(COMPONENT)'
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg'
/** Names that move on with each release of Debian. */
const moving = ['stable', 'testing', 'unstable', 'sid']

/** What the machine's own apt is configured to read. Throws SetupError where there is no apt. */
export function configuredTargets(): readonly IndexTarget[] {
  const tried = 'apt-get indextargets'
  const args = ['indextargets', '--format', format, 'Created-By: Packages']
  const { stdout, error } = spawnSync('apt-get', args, { encoding: 'utf8' })
  if (error !== undefined)
    throw new SetupError({
      code: 'NotDebian',
      tried,
      seen: error.message,
      remedy: 'HAProxy and nginx are unpacked from Debian packages: use Debian 12 or newer.',
    })
  return parseTargets(stdout)
}

export function parseTargets(text: string): readonly IndexTarget[] {
  return text
    .split('\n')
    .map((line) => line.trim().split(' '))
    .filter((words) => words.length === 3)
    .map(([uri = '', release = '', component = '']) => ({ uri, release, component }))
}

/** VERSION_CODENAME of this machine, empty when it has none. */
export function machineCodename(): string {
  const file = '/etc/os-release'
  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  return /^VERSION_CODENAME="?(\w+)"?$/m.exec(text)?.[1] ?? ''
}

/**
 * A sources.list with one release, from the mirror that the machine uses for its own: `own` is that
 * release, `other` is Debian's testing, or stable on a machine that is testing itself.
 * Throws SetupError when apt reads no release that is this machine's.
 */
export function sourcesList(
  targets: readonly IndexTarget[],
  codename: string,
  wanted: ProxyRelease,
): string {
  const own =
    targets.filter(({ release }) => release === codename).length > 0
      ? targets.filter(({ release }) => release === codename)
      : targets.filter(({ release }) => moving.includes(release))
  const [first] = own
  if (first === undefined)
    throw new SetupError({
      code: 'CommandFailed',
      tried: `finding the packages of '${codename}' in apt's sources`,
      seen: targets.map(({ uri, release }) => `${uri} ${release}`).join('\n') || 'no sources',
      remedy: `Add the main archive of '${codename}' to apt's sources, run apt-get update, run this again.`,
    })
  const components = [...new Set(own.map(({ component }) => component))].join(' ')
  const other = first.release === 'testing' ? 'stable' : 'testing'
  const release = wanted === 'own' ? first.release : other
  // The archive's keyring knows the newer releases' keys too; other distributions have their own.
  const trust = existsSync(keyring) ? `[signed-by=${keyring}] ` : ''
  return `deb ${trust}${first.uri} ${release} ${components}\n`
}
