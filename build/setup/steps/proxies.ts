import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { runCommand } from '../command.ts'
import { SetupError } from '../error.ts'
import type { Loader, ProxyRelease } from '../proxyPackages.ts'
import { loaderBelow, PROXY_PACKAGES, PROXY_PROGRAMS, proxyDirectory } from '../proxyPackages.ts'
import type { Step } from '../step.ts'
import { configuredTargets, machineCodename, sourcesList } from './aptSource.ts'

export interface ProxiesOptions {
  readonly cacheDir: string
  readonly release: ProxyRelease
}

const remedy = 'Check that apt-get update works on this machine: the proxies come from its mirror.'

/**
 * Unpacks HAProxy and nginx of one release into the cache, with their own loader and libraries:
 * nothing is installed, and the two releases do not know of each other. apt itself downloads them,
 * with folders of its own, so that its signed indexes vouch for each package.
 */
export function proxiesStep({ cacheDir, release }: ProxiesOptions): Step {
  const place = proxyDirectory(cacheDir, release)
  return {
    name: `proxies ${release}`,
    what: `HAProxy and nginx of ${release === 'own' ? 'this' : 'another'} release, unpacked`,
    needs: ['debian packages'],
    isDone: () => Promise.resolve(existsSync(place)),
    run: async ({ signal, say }) => {
      const sources = sourcesList(configuredTargets(), machineCodename(), release)
      await mkdir(cacheDir, { recursive: true })
      const directory = await mkdtemp(join(cacheDir, '.proxies-'))
      await chmod(directory, 0o755)
      try {
        const apt = await privateApt(directory, sources)
        const common = {
          signal,
          remedy,
          onLine: (line: string) => {
            say(line.slice(0, 60))
          },
        }
        const made = join(directory, 'made')
        await mkdir(made)
        try {
          await runCommand([...apt, 'update', '--error-on=any'], common)
          await runCommand(
            [...apt, 'install', '--yes', '--download-only', ...PROXY_PACKAGES],
            common,
          )
        } catch (error) {
          if (release === 'own' || !isNotThere(error)) throw error
          // A distribution without a second release: the tests use two configurations instead.
          await writeFile(join(made, 'unavailable'), `${error.message}\n`)
          await rename(made, place)
          return
        }
        say('unpacking')
        await unpack(join(directory, 'archives'), join(made, 'root'), signal)
        await writeStarters(made)
        for (const program of PROXY_PROGRAMS)
          await runCommand([join(made, program), '-v'], { signal, remedy })
        await rename(made, place)
      } finally {
        await rm(directory, { recursive: true, force: true })
      }
    },
  }
}

/** Only when no other set-up can be running: removes what killed ones left. */
export async function removeProxyLeftovers(cacheDir: string): Promise<void> {
  if (!existsSync(cacheDir)) return
  for (const name of await readdir(cacheDir))
    if (basename(name).startsWith('.proxies-'))
      await rm(join(cacheDir, name), { recursive: true, force: true })
}

/** An apt with folders of its own, for which nothing is installed: it downloads the C library too. */
async function privateApt(directory: string, sources: string): Promise<readonly string[]> {
  for (const folder of ['lists/partial', 'archives/partial'])
    await mkdir(join(directory, folder), { recursive: true })
  await writeFile(join(directory, 'sources.list'), sources)
  await writeFile(join(directory, 'status'), '')
  const settings = {
    'Dir::Etc::SourceList': join(directory, 'sources.list'),
    'Dir::Etc::SourceParts': '/dev/null',
    'Dir::Etc::PreferencesParts': '/dev/null',
    'Dir::State': directory,
    'Dir::State::Lists': join(directory, 'lists'),
    'Dir::State::status': join(directory, 'status'),
    'Dir::Cache': directory,
    'Dir::Cache::Archives': join(directory, 'archives'),
    'APT::Install-Recommends': 'false',
    // The user of the sandbox may not enter the folder, which may be root's home.
    'APT::Sandbox::User': 'root',
    'Acquire::Languages': 'none',
    'Acquire::Retries': '3',
    'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled': 'false',
    // Some images clear the archives after each run.
    'APT::Keep-Downloaded-Packages': 'true',
    'Binary::apt-get::APT::Keep-Downloaded-Packages': 'true',
  }
  const file = join(directory, 'apt.conf')
  const lines = Object.entries(settings).map(([name, value]) => `${name} "${value}";\n`)
  await writeFile(file, lines.join(''))
  return ['env', `APT_CONFIG=${file}`, 'DEBIAN_FRONTEND=noninteractive', 'apt-get']
}

async function unpack(archives: string, root: string, signal: AbortSignal): Promise<void> {
  const packages = (await readdir(archives)).filter((name) => name.endsWith('.deb'))
  for (const name of packages)
    await runCommand(['dpkg-deb', '--extract', join(archives, name), root], { signal, remedy })
  // The packages that they depend on bring much that no proxy reads at run time.
  for (const name of ['usr/bin', 'usr/share', 'usr/lib/gcc', 'var', 'bin'])
    await rm(join(root, name), { recursive: true, force: true })
}

/**
 * Start scripts, because the programs name the machine's own loader. They pass their own path as the
 * program's name: HAProxy and nginx execute themselves anew by it when they reload.
 */
async function writeStarters(made: string): Promise<void> {
  const root = join(made, 'root')
  const loader = loaderOf(root)
  const libraries = loader.libraries.map((folder) => `$root/${folder}`).join(':')
  for (const program of PROXY_PROGRAMS) {
    const script = [
      '#!/bin/sh',
      'root="${0%/*}/root"',
      `exec "$root/${loader.path}" --library-path "${libraries}" --argv0 "$0" \\`,
      `  "$root/usr/sbin/${program}" "$@"`,
      '',
    ]
    await writeFile(join(made, program), script.join('\n'), { mode: 0o755 })
  }
}

function loaderOf(root: string): Loader {
  try {
    return loaderBelow(root)
  } catch (error) {
    throw new SetupError({
      code: 'CommandFailed',
      tried: 'finding the dynamic loader among the unpacked packages',
      seen: error instanceof Error ? error.message : String(error),
      remedy,
    })
  }
}

/** No such release, or no such package in it: unlike a network that fails, this stays so. */
function isNotThere(error: unknown): error is SetupError {
  return (
    error instanceof SetupError &&
    /does not have a Release file|404|Unable to locate package|NO_PUBKEY|not signed/.test(
      error.message,
    )
  )
}
