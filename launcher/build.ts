import { execFile } from 'node:child_process'
import { readFile, readdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import { promisify } from 'node:util'

const execute = promisify(execFile)
const sourceDirectory = import.meta.dirname

/**
 * -Os without unwind tables and with code and data in one segment: what the launcher costs a pod is
 * counted in pages. No build id, no debug information, sources by relative name in sorted order: the
 * same sources and compiler give the same bytes.
 */
const flags = [
  '-std=gnu17',
  '-D_GNU_SOURCE',
  '-Os',
  '-static',
  '-s',
  '-fstack-protector-strong',
  '-fno-asynchronous-unwind-tables',
  '-fno-unwind-tables',
  '-ffunction-sections',
  '-fdata-sections',
  '-Wl,--gc-sections',
  '-Wl,--build-id=none',
  '-Wl,-z,noseparate-code',
  '-Wall',
  '-Wextra',
  '-Wshadow',
  '-Wconversion',
  '-Wno-sign-conversion',
  '-Wstrict-prototypes',
  '-Wmissing-prototypes',
  '-Wvla',
  '-Werror',
]

/** musl has no kernel headers of its own; the machine's come last, behind musl's. */
const kernelHeaders = (architecture: string): readonly string[] => [
  '-idirafter',
  '/usr/include',
  '-idirafter',
  `/usr/include/${architecture}-linux-gnu`,
]

export class LauncherBuildError extends Error {
  readonly code: 'MUSL_GCC_MISSING' | 'COMPILATION_FAILED'

  constructor(code: LauncherBuildError['code'], message: string, cause: unknown) {
    super(message, { cause })
    this.name = 'LauncherBuildError'
    this.code = code
  }
}

/**
 * Compiles the launcher into one static program for this machine's architecture.
 *
 * @throws LauncherBuildError when musl-gcc is missing or refuses the sources
 */
export async function buildLauncher(options: { readonly outFile: string }): Promise<void> {
  const sources = (await readdir(sourceDirectory)).filter((name) => name.endsWith('.c')).sort()
  const architecture = process.arch === 'arm64' ? 'aarch64' : 'x86_64'
  const version = `-DBATON_VERSION="${await readVersion()}"`
  const output = ['-o', resolve(options.outFile)]
  try {
    await execute(
      'musl-gcc',
      [...flags, version, ...kernelHeaders(architecture), ...output, ...sources],
      { cwd: sourceDirectory },
    )
  } catch (cause) {
    throw explain(cause)
  }
}

async function readVersion(): Promise<string> {
  const path = resolve(sourceDirectory, '../package.json')
  const parsed: unknown = JSON.parse(await readFile(path, 'utf8'))
  const version = isRecord(parsed) ? parsed['version'] : undefined
  return typeof version === 'string' ? version : 'dev'
}

function explain(cause: unknown): LauncherBuildError {
  const details = isRecord(cause) ? cause : {}
  if (details['code'] === 'ENOENT') {
    const message =
      'the launcher is built with musl-gcc, which is not in PATH: install musl-tools (Debian, Ubuntu) or musl-gcc (Fedora)'
    return new LauncherBuildError('MUSL_GCC_MISSING', message, cause)
  }
  const output = typeof details['stderr'] === 'string' ? details['stderr'] : String(cause)
  return new LauncherBuildError(
    'COMPILATION_FAILED',
    `musl-gcc refused the launcher's sources:\n${output}`,
    cause,
  )
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
