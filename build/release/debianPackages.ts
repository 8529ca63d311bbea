import { spawnSync } from 'node:child_process'
import { realpathSync } from 'node:fs'

/** A package of the distribution whose files are in an image or linked into a program. */
export interface DebianPackage {
  readonly name: string
  readonly version: string
}

/** The packages that files of this machine come from. Errors: a file that belongs to none. */
export function owningPackages(files: readonly string[]): readonly DebianPackage[] {
  const names = new Set(files.map(ownerOf))
  return [...names].sort().map((name) => ({ name, version: versionOf(name) }))
}

export function versionOf(name: string): string {
  return query('--show', '--showformat=${Version}', name)
}

function ownerOf(file: string): string {
  // Merged-/usr systems know a file by one of its two names.
  const names = new Set([file, realpathSync(file), file.replace(/^\/usr\//, '/'), `/usr${file}`])
  for (const name of names) {
    const { status, stdout } = spawnSync('dpkg-query', ['--search', name], { encoding: 'utf8' })
    const [owner] = stdout.split(':')
    if (status === 0 && owner !== undefined) return owner
  }
  throw new Error(`no package of this machine has ${file}; releases are made on Debian`)
}

function query(...args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync('dpkg-query', args, { encoding: 'utf8' })
  if (error !== undefined) throw new Error('releases are made on Debian', { cause: error })
  if (status !== 0) throw new Error(`dpkg-query ${args.join(' ')}: ${stderr.trim()}`)
  // The same name once for each architecture.
  return stdout.trim()
}
