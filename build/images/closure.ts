import { spawnSync } from 'node:child_process'
import type { FileSource } from './oci.ts'

// `libm.so.6 => /lib/x86_64-linux-gnu/libm.so.6 (0x…)`, or the loader alone: `/lib64/ld-… (0x…)`.
const libraryLine = /^\s*(?:\S+ => )?(\/\S+) \(0x[0-9a-f]+\)$/gm

/**
 * The shared libraries and the loader that programs of this machine need, as files of an image
 * at the same paths; empty for static programs. Throws when a library is missing here.
 */
export function sharedLibraries(...binaries: readonly string[]): Record<string, FileSource> {
  const binary = binaries.join(', ')
  const { stdout, stderr, error } = spawnSync('ldd', binaries, { encoding: 'utf8' })
  if (error !== undefined)
    throw new Error(`cannot list the libraries of ${binary}`, { cause: error })
  if (stdout.includes('not found'))
    throw new Error(`${binary} needs libraries that this machine does not have:\n${stdout}`)
  if (stdout === '' && !/not a dynamic executable/.test(stderr))
    throw new Error(`ldd does not understand ${binary}: ${stderr.trim()}`)
  return Object.fromEntries(
    [...stdout.matchAll(libraryLine)].map(([, path = '']) => [
      path,
      { fromHost: path, mode: 0o755 },
    ]),
  )
}
