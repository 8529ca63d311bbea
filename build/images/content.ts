import { createHash } from 'node:crypto'
import { closeSync, openSync, readSync, writeSync } from 'node:fs'
import { open } from 'node:fs/promises'

/**
 * Bytes of a blob, in pieces: small ones in memory, big host files (a proxy binary of 100 MB) by
 * name, so that a registry full of images does not hold them in memory.
 */
export type Chunk = Buffer | HostFile

/** A host file whose `size` bytes are read anew each time they are wanted. */
export interface HostFile {
  readonly path: string
  readonly size: number
}

/** A sequence of bytes; `size` is their number. */
export interface Content {
  readonly size: number
  readonly chunks: readonly Chunk[]
}

/** An immutable content with its address: `sha256:<hex>`. */
export interface Blob extends Content {
  readonly digest: string
}

const BLOCK_BYTES = 1 << 20

/** Makes a blob of chunks; reads every host file once, to hash it. */
export function blobOf(chunks: readonly Chunk[]): Blob {
  const hash = createHash('sha256')
  let size = 0
  for (const bytes of readChunks(chunks)) {
    hash.update(bytes)
    size += bytes.length
  }
  return { digest: `sha256:${hash.digest('hex')}`, size, chunks }
}

/** Writes all chunks to an open file. */
export function writeChunks(fileDescriptor: number, chunks: readonly Chunk[]): void {
  for (const bytes of readChunks(chunks)) {
    for (let done = 0; done < bytes.length;) done += writeSync(fileDescriptor, bytes, done)
  }
}

/** The bytes of a blob for a stream: `Readable.from(streamBlob(blob))`. */
export async function* streamBlob(blob: Blob): AsyncGenerator<Buffer> {
  for (const chunk of blob.chunks) {
    if (Buffer.isBuffer(chunk)) {
      yield chunk
      continue
    }
    const file = await open(chunk.path)
    try {
      for (let left = chunk.size; left > 0;) {
        // A buffer of its own for each block: the receiver may keep it after the next read.
        const block = Buffer.allocUnsafe(Math.min(left, BLOCK_BYTES))
        const { bytesRead } = await file.read(block, 0, block.length)
        if (bytesRead === 0) throw changedFile(chunk, left)
        yield block.subarray(0, bytesRead)
        left -= bytesRead
      }
    } finally {
      await file.close()
    }
  }
}

/** The block yielded for a host file is overwritten by the next one. */
function* readChunks(chunks: readonly Chunk[]): Generator<Buffer> {
  for (const chunk of chunks) {
    if (Buffer.isBuffer(chunk)) yield chunk
    else yield* readHostFile(chunk)
  }
}

function* readHostFile(file: HostFile): Generator<Buffer> {
  const fileDescriptor = openSync(file.path, 'r')
  try {
    const block = Buffer.allocUnsafe(BLOCK_BYTES)
    for (let left = file.size; left > 0;) {
      const count = readSync(fileDescriptor, block, 0, Math.min(left, BLOCK_BYTES), null)
      if (count === 0) throw changedFile(file, left)
      yield block.subarray(0, count)
      left -= count
    }
  } finally {
    closeSync(fileDescriptor)
  }
}

function changedFile(file: HostFile, missing: number): Error {
  return new Error(
    `${file.path} became shorter by ${missing} bytes while an image was made of it; make the image again`,
  )
}
