import { gzipSync } from 'node:zlib'
import { blobOf } from '../images/content.ts'
import type { Chunk } from '../images/content.ts'
import { tar } from '../images/tar.ts'

/** A chart as Helm packs it: a gzipped tar with one folder. The same files give the same bytes. */
export function chartArchive(name: string, files: Readonly<Record<string, string>>): Buffer {
  const entries = Object.entries(files).map(([path, text]) => ({
    kind: 'file' as const,
    path: `${name}/${path}`,
    mode: 0o644,
    data: blobOf([Buffer.from(text)]),
  }))
  // Node writes no time into the header.
  return gzipSync(Buffer.concat(tar(entries).map(inMemory)), { level: 9 })
}

function inMemory(chunk: Chunk): Buffer {
  if (Buffer.isBuffer(chunk)) return chunk
  throw new Error(`${chunk.path} is no file of a chart`)
}
