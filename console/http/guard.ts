import type { Refusal } from '../wire.ts'

/** Who may be spoken to, and from where. */
export interface Allowed {
  /** By the header Host (`127.0.0.1:8011`) what browsers there call us (`http://127.0.0.1:8011`). */
  readonly hosts: ReadonlyMap<string, string>
  /** As in the header Origin. */
  readonly origins: ReadonlySet<string>
}

export interface GuardedRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

export interface Refused extends Refusal {
  readonly status: number
}

const READS: ReadonlySet<string> = new Set(['GET', 'HEAD'])
const CHANGES: ReadonlySet<string> = new Set(['POST', 'DELETE'])

export interface Names {
  /** Where it listens. */
  readonly host: string
  readonly port: number
  readonly externalUrl?: string
  /** More names, as in the header Host. */
  readonly allowedHosts?: readonly string[]
  /** It serves TLS itself. */
  readonly tls?: boolean
}

/** The names under which the console answers, by where it listens and what it is called outside. */
export function allowedFor({ host, port, externalUrl, allowedHosts = [], tls }: Names): Allowed {
  const names = isLoopback(host) || tls === true ? ['127.0.0.1', 'localhost', '[::1]'] : []
  const own = names.map((name) => `${name}:${port}`)
  const others = allowedHosts.map((name) => name.toLowerCase())
  const outside = externalUrl === undefined ? undefined : new URL(externalUrl)
  const scheme = tls === true ? 'https' : 'http'
  const hosts = new Map([
    ...own.map((name) => [name, `${scheme}://${name}`] as const),
    // In the clear over this machine alone, such as by way of kubectl port-forward.
    ...others.map((name) => [name, `${isLocalName(name) ? scheme : 'https'}://${name}`] as const),
    ...(outside === undefined ? [] : [[outside.host, outside.origin] as const]),
  ])
  return { hosts, origins: new Set(hosts.values()) }
}

/** `console.example.com`, `localhost:9000`, `[::1]:9000`: as in the header Host. */
export function isHostName(text: string): boolean {
  return /^([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\])(:\d{1,5})?$/i.test(text)
}

function isLocalName(name: string): boolean {
  return isLoopback(name.replace(/:\d+$/, '').replace(/^\[|\]$/g, ''))
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}

/**
 * Why a request is not even looked at; undefined when it may go on. A name that is not ours means
 * that somebody's page has had its own name point to us (DNS rebinding); an origin that is not ours,
 * that another page sends in our user's name.
 */
export function guard(request: GuardedRequest, allowed: Allowed): Refused | undefined {
  const { method, path } = request
  const header = (name: string): string => String(request.headers[name] ?? '')
  const host = header('host').toLowerCase()
  if (!allowed.hosts.has(host)) {
    return {
      status: 403,
      code: 'HostNotAllowed',
      message: `the console does not answer under the name "${host}"`,
      remedy:
        'open the address that it printed; behind a proxy or a port-forward, name it by --external-url or --allowed-host',
    }
  }
  const site = header('sec-fetch-site')
  const isForeign = site !== '' && site !== 'same-origin' && site !== 'none'
  if (READS.has(method)) {
    // The page itself may be linked to: it holds nothing, and SameSite keeps the session out.
    if (!isForeign || !path.startsWith('/api/')) return undefined
    return foreign(`a page of another site (${site})`)
  }
  if (!CHANGES.has(method)) {
    return { status: 405, code: 'MethodNotAllowed', message: `${method} is not served here` }
  }
  const origin = header('origin')
  if (!allowed.origins.has(origin)) return foreign(origin === '' ? 'no origin' : origin)
  if (isForeign) return foreign(`a page of another site (${site})`)
  if (!/^application\/json(;|$)/.test(header('content-type'))) {
    return { status: 415, code: 'NotJson', message: 'changes are sent as application/json' }
  }
  return undefined
}

function foreign(from: string): Refused {
  return {
    status: 403,
    code: 'OriginNotAllowed',
    message: `a request from ${from} is not carried out`,
    remedy: 'use the page that the console itself serves',
  }
}
