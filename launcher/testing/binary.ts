import { rmSync } from 'node:fs'
import { chmod, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildLauncher } from '../build.ts'
import { SanitizedBuild } from './sanitizedBuild.ts'

/** Set to a directory, it makes the tests use a launcher that reports memory errors into it. */
export const sanitizerReports = 'BATON_SANITIZER_REPORTS'

let built: Promise<string> | undefined

/** Path of a launcher built from the present sources, once per test process. */
export function launcherBinary(): Promise<string> {
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
  if (process.env[sanitizerReports] !== undefined) return sanitized(directory)
  await buildLauncher({ outFile })
  return outFile
}

async function sanitized(directory: string): Promise<string> {
  const build = new SanitizedBuild(directory)
  await build.compile('.')
  return build.link('launcher', await build.objects('.'))
}
