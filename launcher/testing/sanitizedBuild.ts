import { execFile } from 'node:child_process'
import { mkdir, readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'

const execute = promisify(execFile)
const sourceDirectory = join(import.meta.dirname, '..')

/** Another compiler setting and another libc than the launcher's own build: what both accept holds. */
const flags = [
  ...['-std=gnu17', '-D_GNU_SOURCE', '-O1', '-g', '-fno-omit-frame-pointer'],
  ...['-fsanitize=address,undefined', '-fno-sanitize-recover=all'],
  ...['-Wall', '-Wextra', '-Wshadow', '-Wconversion', '-Wno-sign-conversion', '-Wvla', '-Werror'],
]

const atATime = 2

/** The launcher's sources compiled with gcc's sanitizers: the first error ends the process. */
export class SanitizedBuild {
  readonly #directory: string

  /** @param directory where objects and programs are put */
  constructor(directory: string) {
    this.#directory = directory
  }

  /** Compiles all sources of a folder of the launcher, which may be '.'. */
  async compile(folder: string): Promise<void> {
    const names = await readdir(join(sourceDirectory, folder))
    await mkdir(join(this.#directory, folder), { recursive: true })
    const sources = names.filter((name) => name.endsWith('.c')).map((name) => join(folder, name))
    const next = sources.values()
    const worker = async (): Promise<void> => {
      for (const source of next) await this.compileAs(join(sourceDirectory, source), source)
    }
    await Promise.all(Array.from({ length: atATime }, worker))
  }

  /** Compiles one file in the place of `source`, whose headers it includes. */
  async compileAs(file: string, source: string): Promise<void> {
    const include = ['-iquote', sourceDirectory]
    const output = ['-o', this.#object(source)]
    await execute('gcc', [...flags, ...include, '-c', file, ...output])
  }

  /** Links objects, such as './main' and 'fuzz/main'; the program's path. */
  async link(program: string, objects: readonly string[], ...options: string[]): Promise<string> {
    const outFile = join(this.#directory, program)
    const files = objects.map((name) => join(this.#directory, `${name}.o`))
    await execute('gcc', [...flags, ...options, '-o', outFile, ...files])
    return outFile
  }

  /** Names of a folder's objects. */
  async objects(folder: string): Promise<readonly string[]> {
    const names = await readdir(join(this.#directory, folder))
    return names
      .filter((name) => name.endsWith('.o'))
      .map((name) => join(folder, basename(name, '.o')))
  }

  #object(source: string): string {
    return join(this.#directory, source.replace(/\.c$/, '.o'))
  }
}
