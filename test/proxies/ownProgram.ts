import { readFile, rename, writeFile } from 'node:fs/promises'
import type { Program } from './packaged.ts'

/**
 * Puts a start script of a program into a place of its own, in one step: a master that executes
 * itself anew by its name starts whatever is there then.
 */
export async function placeProgram(program: Program, path: string): Promise<void> {
  const script = await readFile(program.path, 'utf8')
  const fixed = script.replace('root="${0%/*}/root"', `root="${program.root}"`)
  if (fixed === script) throw new Error(`${program.path} does not begin as start scripts do`)
  await writeFile(`${path}.new`, fixed, { mode: 0o755 })
  await rename(`${path}.new`, path)
}
