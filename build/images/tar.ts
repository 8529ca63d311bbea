import type { Chunk, Content } from './content.ts'

/** One member of a tar archive; `path` without a leading slash, `mode` as for chmod(2). */
export type TarEntry =
  | { readonly kind: 'file'; readonly path: string; readonly mode: number; readonly data: Content }
  | { readonly kind: 'directory'; readonly path: string; readonly mode: number }
  | { readonly kind: 'link'; readonly path: string; readonly target: string }

const BLOCK_BYTES = 512
const LARGEST_FILE_BYTES = 8 ** 11 - 1

/**
 * A POSIX ustar archive. The same entries give the same bytes: sorted by path, owner 0:0, mtime 0.
 * Throws when a path or a size does not fit the format.
 */
export function tar(entries: readonly TarEntry[]): Chunk[] {
  const sorted = entries.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))
  const chunks = sorted.flatMap((entry) => {
    if (entry.kind !== 'file') return [header(entry)]
    const padding = (BLOCK_BYTES - (entry.data.size % BLOCK_BYTES)) % BLOCK_BYTES
    return [header(entry), ...entry.data.chunks, Buffer.alloc(padding)]
  })
  return [...chunks, Buffer.alloc(2 * BLOCK_BYTES)]
}

const typeFlags = { file: '0', link: '2', directory: '5' } as const

/** Offsets and lengths: POSIX.1-1988, "ustar Interchange Format". */
function header(entry: TarEntry): Buffer {
  const block = Buffer.alloc(BLOCK_BYTES)
  const { name, prefix } = splitPath(entry.kind === 'directory' ? `${entry.path}/` : entry.path)
  block.write(name, 0, 100)
  block.write(octal(entry.kind === 'link' ? 0o777 : entry.mode, 8), 100)
  block.write(octal(0, 8), 108)
  block.write(octal(0, 8), 116)
  block.write(octal(entry.kind === 'file' ? fileSize(entry.path, entry.data.size) : 0, 12), 124)
  block.write(octal(0, 12), 136)
  block.write(' '.repeat(8), 148)
  block.write(typeFlags[entry.kind], 156)
  if (entry.kind === 'link') block.write(linkTarget(entry.path, entry.target), 157, 100)
  block.write('ustar\u000000', 257)
  block.write(prefix, 345, 155)
  const checksum = block.reduce((sum, byte) => sum + byte, 0)
  block.write(`${checksum.toString(8).padStart(6, '0')}\u0000 `, 148)
  return block
}

/** A path above 100 bytes is split at a slash: up to 155 bytes before, up to 100 after it. */
function splitPath(path: string): { name: string; prefix: string } {
  if (Buffer.byteLength(path) <= 100) return { name: path, prefix: '' }
  for (let slash = path.indexOf('/'); slash !== -1; slash = path.indexOf('/', slash + 1)) {
    const prefix = path.slice(0, slash)
    const name = path.slice(slash + 1)
    if (name !== '' && Buffer.byteLength(name) <= 100 && Buffer.byteLength(prefix) <= 155)
      return { name, prefix }
  }
  throw new Error(`the path ${path} is too long for a tar archive; shorten it`)
}

function linkTarget(path: string, target: string): string {
  if (Buffer.byteLength(target) <= 100) return target
  throw new Error(`the target ${target} of link ${path} is too long for a tar archive; shorten it`)
}

function fileSize(path: string, size: number): number {
  if (size <= LARGEST_FILE_BYTES) return size
  throw new Error(`${path} has ${size} bytes; a tar archive takes files below 8 GiB`)
}

function octal(value: number, width: number): string {
  return `${value.toString(8).padStart(width - 1, '0')}\u0000`
}
