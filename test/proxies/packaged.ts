import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { ProxyRelease } from '../../build/setup/proxyPackages.ts'

/** A program of one release, as the tests start it. */
export interface Program {
  readonly path: string
  /** `2.6.12` */
  readonly version: string
  /** The unpacked packages. */
  readonly root: string
}

/** Where `publishProxies` shows programs; any user may read it. */
export function programsDirectory(): string {
  const directory = process.env['BATON_PROXIES']
  if (directory === undefined) throw new Error('BATON_PROXIES must name the folder of the proxies')
  return directory
}

/**
 * HAProxy or nginx of one release. Of `other` it is the own one on machines that have no other, so
 * that the two sides differ in their configuration only.
 */
export function packagedProgram(name: 'haproxy' | 'nginx', release: ProxyRelease): Program {
  const place = join(programsDirectory(), `proxies-${release}`)
  if (!existsSync(join(place, name))) {
    if (release === 'own') throw new Error(`${place} has no ${name}: run npm run setup`)
    return packagedProgram(name, 'own')
  }
  const path = join(place, name)
  return { path, version: versionOf(path), root: join(place, 'root') }
}

export function versionOf(path: string, argument = '-v'): string {
  const { stdout, stderr } = spawnSync(path, [argument], { encoding: 'utf8' })
  const version = /\d+\.\d+\.\d+/.exec(stdout + stderr)?.[0]
  if (version === undefined) throw new Error(`${path} ${argument} told no version: ${stderr}`)
  return version
}
