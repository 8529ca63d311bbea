import { gzipSync } from 'node:zlib'
import { blobOf } from '../images/content.ts'
import type { Chunk } from '../images/content.ts'
import { tar } from '../images/tar.ts'

export interface ArchivedFile {
  readonly path: string
  readonly mode: number
  readonly data: Buffer
}

/** A gzipped tar of files that fit into memory. The same files give the same bytes. */
export function gzippedTar(files: readonly ArchivedFile[]): Buffer {
  const entries = files.map(({ data, ...file }) => ({
    ...file,
    kind: 'file' as const,
    data: blobOf([data]),
  }))
  // Node writes no time into the header.
  return gzipSync(Buffer.concat(tar(entries).map(inMemory)), { level: 9 })
}

function inMemory(chunk: Chunk): Buffer {
  if (Buffer.isBuffer(chunk)) return chunk
  throw new Error(`${chunk.path} is not in memory`)
}
