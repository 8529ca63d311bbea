import { mkdtemp } from 'node:fs/promises'
import { chmod } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildLauncher } from '../build.ts'

let built: Promise<string> | undefined

/** Path of a launcher built from the present sources, once per test process. */
export function launcherBinary(): Promise<string> {
  built ??= build()
  return built
}

async function build(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'baton-launcher-'))
  await chmod(directory, 0o755)
  const outFile = join(directory, 'launcher')
  await buildLauncher({ outFile })
  return outFile
}
