import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { streamBlob } from './content.ts'
import type { Blob } from './content.ts'
import { manifestMediaType } from './oci.ts'
import type { OciImage } from './oci.ts'
import { parseReference } from './reference.ts'

/** How a registry misbehaves for one image: an error answer, or no answer at all. */
export type RegistryFault =
  { readonly kind: 'status'; readonly status: number } | { readonly kind: 'hang' }

/** One request as the registry saw it; `status` 0 while it is left hanging. */
export interface RegistryRequest {
  readonly method: string
  readonly path: string
  readonly status: number
}

export interface RegistryOptions {
  readonly host: string
  /** 0 = any free port. */
  readonly port: number
  readonly images?: readonly OciImage[]
}

/** A running registry. */
export interface Registry {
  /** `host:port` as it listens. */
  readonly address: string
  /** In the order of arrival. */
  readonly requests: readonly RegistryRequest[]
  /** Serves the image; an image of the same name is replaced. */
  addImage(image: OciImage): void
  /**
   * Makes the manifest of an image, known or not, fail from now on; `undefined` heals it, and then
   * requests that hang are answered.
   */
  setFault(name: string, fault: RegistryFault | undefined): void
  close(): Promise<void>
}

const route = /^\/v2\/(?<repository>.+)\/(?<kind>manifests|blobs)\/(?<reference>[^/?]+)(?:\?.*)?$/

/**
 * Starts a read-only registry (the pull half of the OCI distribution specification 1.1) that
 * serves images as they come from `buildImage`. The host in an image's name does not matter:
 * container runtimes are told by their mirror configuration that this is the place.
 */
export async function startRegistry(options: RegistryOptions): Promise<Registry> {
  const tags = new Map<string, Blob>()
  const blobs = new Map<string, Blob>()
  const faults = new Map<string, RegistryFault>()
  const hanging = new Map<string, (() => void)[]>()
  const requests: RegistryRequest[] = []

  const addImage = (image: OciImage): void => {
    tags.set(tagKey(image.name), image.manifest)
    for (const blob of image.blobs) blobs.set(blob.digest, blob)
  }

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = '', url: path = '' } = request
    const log = (status: number): void => void requests.push({ method, path, status })
    const refuse = (status: number, code: string): void => {
      log(status)
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ errors: [{ code, message: `${method} ${path}` }] }))
    }
    if (method !== 'GET' && method !== 'HEAD') {
      refuse(405, 'UNSUPPORTED')
      return
    }
    if (path === '/v2/' || path === '/v2') {
      log(200)
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
      return
    }
    const { repository = '', kind, reference = '' } = route.exec(path)?.groups ?? {}
    const byDigest = reference.startsWith('sha256:')
    const key = `${repository}:${reference}`
    const fault = kind === 'manifests' ? faults.get(key) : undefined
    if (fault?.kind === 'hang') {
      log(0)
      const waiting = hanging.get(key) ?? []
      hanging.set(key, [...waiting, () => void answer(request, response)])
      return
    }
    if (fault?.kind === 'status') {
      refuse(fault.status, 'UNKNOWN')
      return
    }
    const blob = byDigest ? blobs.get(reference) : tags.get(key)
    if (blob === undefined || kind === undefined) {
      refuse(404, kind === 'blobs' ? 'BLOB_UNKNOWN' : 'MANIFEST_UNKNOWN')
      return
    }
    log(200)
    response.writeHead(200, {
      'content-type': kind === 'manifests' ? manifestMediaType : 'application/octet-stream',
      'content-length': blob.size,
      'docker-content-digest': blob.digest,
    })
    if (method === 'HEAD') response.end()
    // A client that goes away in mid-blob is its own business.
    else await pipeline(Readable.from(streamBlob(blob)), response).catch(() => undefined)
  }

  const setFault = (name: string, fault: RegistryFault | undefined): void => {
    const key = tagKey(name)
    if (fault === undefined) faults.delete(key)
    else faults.set(key, fault)
    const waiting = hanging.get(key) ?? []
    hanging.delete(key)
    for (const resume of waiting) resume()
  }

  for (const image of options.images ?? []) addImage(image)
  const server = createServer((request, response) => void answer(request, response))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    address: `${options.host}:${port}`,
    requests,
    addImage,
    setFault,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => {
          if (error === undefined) resolve()
          else reject(error)
        })
        server.closeAllConnections()
      }),
  }
}

function tagKey(name: string): string {
  const { repository, tag } = parseReference(name)
  return `${repository}:${tag}`
}
