import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Block } from './blocks.ts'
import { blocksOf } from './blocks.ts'

/** Top of the repository. */
export const ROOT = join(import.meta.dirname, '../..')

/** One reader reads them in this order: each finds what those before it have left. */
const FIRST = ['docs/guides/first-sidecar.md', 'README.md']
/** It ends with the removal. */
const LAST = ['docs/installation.md']

/** Pages whose commands a reader types, in the order in which the tests type them. */
export function typedPages(): readonly string[] {
  const guides = globSync('docs/guides/*.md', { cwd: ROOT })
    .filter((page) => !FIRST.includes(page))
    .sort()
  return [...FIRST, ...guides, ...LAST]
}

/** The fenced blocks of a page of this repository. */
export function readBlocks(page: string): readonly Block[] {
  return blocksOf(page, readFileSync(join(ROOT, page), 'utf8'))
}
