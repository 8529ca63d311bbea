import { gzippedTar } from './gzippedTar.ts'

/** A chart as Helm packs it: a gzipped tar with one folder. The same files give the same bytes. */
export function chartArchive(name: string, files: Readonly<Record<string, string>>): Buffer {
  return gzippedTar(
    Object.entries(files).map(([path, text]) => ({
      path: `${name}/${path}`,
      mode: 0o644,
      data: Buffer.from(text),
    })),
  )
}
