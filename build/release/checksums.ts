import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'

/** The file that `sha256sum --check` reads, for every file of a folder. */
export async function checksums(directory: string): Promise<string> {
  const names = (await readdir(directory)).sort()
  const lines: string[] = []
  for (const name of names) lines.push(`${await sha256(join(directory, name))}  ${name}\n`)
  return lines.join('')
}

/** Hex. */
export async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash)
  return hash.digest('hex')
}
