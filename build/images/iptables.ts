import { readdirSync, existsSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { sharedLibraries } from './closure.ts'
import type { FileSource } from './oci.ts'

/** Programs that change the rules of a network, of Debian's packages iptables and iproute2. */
const PROGRAMS = ['xtables-nft-multi', 'xtables-legacy-multi', 'ip'] as const
const FOLDER = '/usr/sbin'

/**
 * iptables of both kinds with its extensions, and ip, as files of an image: agents of pods that
 * intercept need them, and those of others never start them. Errors: a program is not here.
 */
export function iptablesFiles(): Readonly<Record<string, FileSource>> {
  const programs = PROGRAMS.map((name) => [`${FOLDER}/${name}`, installed(name)] as const)
  const extensions = extensionFiles()
  const libraries = sharedLibraries(...programs.map(([, file]) => file), ...extensions)
  return {
    ...Object.fromEntries(programs.map(([path, file]) => [path, executable(file)])),
    ...Object.fromEntries(extensions.map((file) => [file, executable(file)])),
    ...libraries,
  }
}

/** One file at least of each package that {@link iptablesFiles} takes something of. */
export function iptablesSources(): readonly string[] {
  const programs = PROGRAMS.map(installed)
  return [...programs, ...Object.keys(sharedLibraries(...programs, ...extensionFiles()))]
}

function executable(file: string): FileSource {
  return { fromHost: file, mode: 0o755 }
}

function installed(name: string): string {
  const file = join(FOLDER, name)
  if (existsSync(file)) return realpathSync(file)
  throw new Error(`there is no ${file}; install Debian's packages iptables and iproute2`)
}

/** Where Debian's iptables looks for matches and targets, which it loads when a rule names them. */
function extensionFiles(): readonly string[] {
  const [folder] = readdirSync('/usr/lib')
    .map((architecture) => join('/usr/lib', architecture, 'xtables'))
    .filter((path) => existsSync(path))
  if (folder === undefined) {
    throw new Error("there is no /usr/lib/*/xtables; install Debian's package iptables")
  }
  const names = readdirSync(folder).filter((name) => name.endsWith('.so'))
  return names.map((name) => join(folder, name))
}
