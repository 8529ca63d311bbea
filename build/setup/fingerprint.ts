import { createHash } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/**
 * A hash of the names and contents of all files that the globs find below `root`, tests left out.
 * By content, not by time: a checkout of another branch and back changes every time and nothing else.
 */
export function fingerprint(root: string, globs: readonly string[]): string {
  const hash = createHash('sha256')
  const files = new Set(globs.flatMap((glob) => globSync(glob, { cwd: root })))
  for (const file of [...files].sort()) {
    if (file.endsWith('.test.ts')) continue
    const content = readFileSync(join(root, file))
    hash.update(`${file}\0${content.length}\0`).update(content)
  }
  return hash.digest('hex')
}

/** The fingerprint that a step was last done for; undefined when never. */
export async function readStamp(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(() => undefined)
}

/** Written when a step is done, in one step of its own. */
export async function writeStamp(file: string, value: string): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`
  await mkdir(dirname(file), { recursive: true })
  await writeFile(temporary, value)
  await rename(temporary, file)
}
