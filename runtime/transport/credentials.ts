import type { KubeConfig } from '@kubernetes/client-node'
import type { RequestOptions as HttpsRequestOptions } from 'node:https'
import type { Clock } from '../clock/clock.ts'

/** What a connection needs to prove who the server is, and who we are. */
export interface TlsMaterial {
  readonly ca?: string | Buffer
  readonly cert?: string | Buffer
  readonly key?: string | Buffer
  readonly servername?: string
  readonly rejectUnauthorized?: boolean
}

export interface Credentials {
  readonly headers: Readonly<Record<string, string>>
  readonly tls: TlsMaterial
}

/** Gives the credentials of now. */
export interface CredentialSource {
  get(): Promise<Credentials>
  /** The server refused them (401): the next `get` reads them anew. */
  invalidate(): void
}

/**
 * Service account tokens are files the kubelet rewrites and exec plugins print tokens that expire, so
 * nothing may be read once and kept. 10 s is short against the minutes of overlap they all give, and
 * long against the rate of our requests.
 */
const keepMs = 10_000

/** Reads credentials from a KubeConfig, again whenever they are older than 10 s or were refused. */
export function credentialsFrom(kubeConfig: KubeConfig, clock: Clock): CredentialSource {
  let kept: { readonly promise: Promise<Credentials>; readonly atMs: number } | undefined
  return {
    get: () => {
      if (kept !== undefined && clock.now() - kept.atMs < keepMs) return kept.promise
      const promise = read(kubeConfig)
      kept = { promise, atMs: clock.now() }
      promise.catch(() => {
        if (kept?.promise === promise) kept = undefined
      })
      return promise
    },
    invalidate: () => {
      kept = undefined
    },
  }
}

async function read(kubeConfig: KubeConfig): Promise<Credentials> {
  const options: HttpsRequestOptions = {}
  await kubeConfig.applyToHTTPSOptions(options)
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    if (typeof value === 'string') headers[name.toLowerCase()] = value.trim()
  }
  if (typeof options.auth === 'string') {
    headers['authorization'] = `Basic ${Buffer.from(options.auth).toString('base64')}`
  }
  return { headers, tls: tlsOf(options) }
}

function tlsOf(options: HttpsRequestOptions): TlsMaterial {
  return {
    ...(isPem(options.ca) ? { ca: options.ca } : {}),
    ...(isPem(options.cert) ? { cert: options.cert } : {}),
    ...(isPem(options.key) ? { key: options.key } : {}),
    ...(options.servername === undefined ? {} : { servername: options.servername }),
    ...(options.rejectUnauthorized === undefined
      ? {}
      : { rejectUnauthorized: options.rejectUnauthorized }),
  }
}

function isPem(value: unknown): value is string | Buffer {
  return typeof value === 'string' || Buffer.isBuffer(value)
}
