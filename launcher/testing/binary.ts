import { rmSync } from 'node:fs'
import { chmod, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildLauncher } from '../build.ts'

/** Set to the path of a launcher, it makes the tests use that one. */
export const givenLauncher = 'BATON_TEST_LAUNCHER'

let built: Promise<string> | undefined

/** Path of a launcher built from the present sources, once per test process. */
export function launcherBinary(): Promise<string> {
  const given = process.env[givenLauncher]
  if (given !== undefined) return Promise.resolve(given)
  built ??= build()
  return built
}

async function build(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'baton-launcher-'))
  process.once('exit', () => {
    rmSync(directory, { recursive: true, force: true })
  })
  await chmod(directory, 0o755) // other users run it
  const outFile = join(directory, 'launcher')
  await buildLauncher({ outFile })
  return outFile
}
