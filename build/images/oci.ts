import { closeSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { blobOf, writeChunks } from './content.ts'
import type { Blob, Chunk, Content } from './content.ts'
import { parseReference } from './reference.ts'
import { tar } from './tar.ts'
import type { TarEntry } from './tar.ts'

/** What stands at a path of an image: a copy of a host file, a text, or a symbolic link. */
export type FileSource =
  | { readonly fromHost: string; readonly mode?: number }
  | { readonly text: string; readonly mode?: number }
  | { readonly link: string }

/** Files and directories by absolute path; parent directories (mode 755) need not be named. */
export interface LayerSpec {
  readonly files?: Readonly<Record<string, FileSource>>
  /** Path to mode, e.g. `{'/tmp': 0o1777}`. */
  readonly dirs?: Readonly<Record<string, number>>
}

/** An image: `base` layers, shared with other images, under one layer of its own. */
export interface ImageSpec extends LayerSpec {
  /** `registry.test:5000/envoy:1.38.3` */
  readonly name: string
  readonly base?: readonly Blob[]
  readonly entrypoint?: readonly string[]
  readonly cmd?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Numeric (`1337`), else Kubernetes cannot tell that it is not root. */
  readonly user?: string
  readonly workdir?: string
  readonly labels?: Readonly<Record<string, string>>
}

/** A finished image. `blobs` holds the manifest, the configuration and all layers. */
export interface OciImage {
  readonly name: string
  readonly digest: string
  readonly manifest: Blob
  readonly blobs: readonly Blob[]
}

export const manifestMediaType = 'application/vnd.oci.image.manifest.v1+json'
const configMediaType = 'application/vnd.oci.image.config.v1+json'
// Not compressed: these images travel inside one machine, where gzip costs more than the copy.
const layerMediaType = 'application/vnd.oci.image.layer.v1.tar'
const inMemoryBytes = 16 * 1024 * 1024

/** Makes a layer. The same content gives the same digest, whoever owns the host files. */
export function buildLayer(spec: LayerSpec): Blob {
  const entries = new Map<string, TarEntry>()
  for (const [path, mode] of Object.entries(spec.dirs ?? {}))
    entries.set(path, { kind: 'directory', path: relative(path), mode })
  for (const [path, source] of Object.entries(spec.files ?? {}))
    entries.set(path, fileEntry(relative(path), source))
  for (const path of [...entries.keys()])
    for (let parent = dirname(path); parent !== '/'; parent = dirname(parent))
      if (!entries.has(parent))
        entries.set(parent, { kind: 'directory', path: relative(parent), mode: 0o755 })
  return blobOf(tar([...entries.values()]))
}

/** Makes an image without docker; the same input gives the same digest, now and next year. */
export function buildImage(spec: ImageSpec): OciImage {
  parseReference(spec.name)
  const own = Object.keys({ ...spec.files, ...spec.dirs }).length > 0 ? [buildLayer(spec)] : []
  const layers = [...(spec.base ?? []), ...own]
  const config = jsonBlob({
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    config: {
      User: spec.user,
      Env: Object.entries({ PATH: '/usr/local/bin:/usr/bin:/bin', ...spec.env }).map(
        ([name, value]) => `${name}=${value}`,
      ),
      Entrypoint: spec.entrypoint,
      Cmd: spec.cmd,
      WorkingDir: spec.workdir ?? '/',
      Labels: spec.labels,
    },
    rootfs: { type: 'layers', diff_ids: layers.map((layer) => layer.digest) },
    history: layers.map(() => ({ created_by: 'baton build' })),
  })
  const manifest = jsonBlob({
    schemaVersion: 2,
    mediaType: manifestMediaType,
    config: descriptor(configMediaType, config),
    layers: layers.map((layer) => descriptor(layerMediaType, layer)),
  })
  const { name } = spec
  return { name, digest: manifest.digest, manifest, blobs: [manifest, config, ...layers] }
}

/**
 * Writes images as one OCI layout archive for `ctr images import`; shared layers are in it once.
 * The file appears whole or not at all.
 */
export function writeArchive(images: OciImage | readonly OciImage[], file: string): void {
  const temporary = `${file}.${process.pid}.tmp`
  mkdirSync(dirname(file), { recursive: true })
  const fileDescriptor = openSync(temporary, 'w')
  try {
    writeChunks(fileDescriptor, archive('name' in images ? [images] : images))
    closeSync(fileDescriptor)
    renameSync(temporary, file)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}

function archive(images: readonly OciImage[]): Chunk[] {
  const index = jsonBlob({
    schemaVersion: 2,
    manifests: images.map((image) => ({
      ...descriptor(manifestMediaType, image.manifest),
      annotations: {
        'io.containerd.image.name': image.name,
        'org.opencontainers.image.ref.name': parseReference(image.name).tag,
      },
    })),
  })
  const blobs = new Map(images.flatMap((image) => image.blobs.map((blob) => [blob.digest, blob])))
  const files = [
    { path: 'oci-layout', data: jsonBlob({ imageLayoutVersion: '1.0.0' }) },
    { path: 'index.json', data: index },
    ...[...blobs].map(([digest, data]) => ({ path: `blobs/${digest.replace(':', '/')}`, data })),
  ]
  return tar([
    { kind: 'directory', path: 'blobs', mode: 0o755 },
    { kind: 'directory', path: 'blobs/sha256', mode: 0o755 },
    ...files.map(({ path, data }) => ({ kind: 'file' as const, path, mode: 0o644, data })),
  ])
}

function fileEntry(path: string, source: FileSource): TarEntry {
  if ('link' in source) return { kind: 'link', path, target: source.link }
  if ('text' in source) {
    const data = contentOf(Buffer.from(source.text))
    return { kind: 'file', path, mode: source.mode ?? 0o644, data }
  }
  const { mode, size } = statSync(source.fromHost)
  // Only whether it is executable counts: the rest of a host file's mode depends on the umask.
  const imageMode = source.mode ?? ((mode & 0o100) === 0 ? 0o644 : 0o755)
  return { kind: 'file', path, mode: imageMode, data: hostContent(source.fromHost, size) }
}

/** Small files are read now: they are the ones that a build may replace behind our back. */
function hostContent(path: string, size: number): Content {
  return size <= inMemoryBytes ? contentOf(readFileSync(path)) : { size, chunks: [{ path, size }] }
}

function contentOf(bytes: Buffer): Content {
  return { size: bytes.length, chunks: [bytes] }
}

function jsonBlob(value: unknown): Blob {
  return blobOf([Buffer.from(JSON.stringify(value))])
}

function descriptor(mediaType: string, blob: Blob): object {
  return { mediaType, digest: blob.digest, size: blob.size }
}

function relative(path: string): string {
  if (path.startsWith('/') && !path.endsWith('/') && !path.includes('//')) return path.slice(1)
  throw new Error(`the image path '${path}' must be absolute and must not end with a slash`)
}
