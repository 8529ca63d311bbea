import { KubeConfig } from '@kubernetes/client-node'
import { createServer } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as kindConstants from '../client/kinds.ts'
import type { ResourceKind } from '../client/kinds.ts'
import { keyOf } from '../client/objects.ts'
import type { KubeObject, ObjectRef } from '../client/objects.ts'
import { authorize } from './authorizer.ts'
import type { Authorizer } from './authorizer.ts'
import { createFaults } from './faults.ts'
import type { Fault } from './faults.ts'
import type { JsonObject } from './json.ts'
import { forwardPort } from './portForward.ts'
import { readObject, readPage } from './reads.ts'
import { collectionOf, parseRoute } from './routes.ts'
import { StatusError } from './statusError.ts'
import { createStore } from './store.ts'
import type { Store } from './store.ts'
import { answerReview, authenticate, permit } from './users.ts'
import type { FakeUsers } from './users.ts'
import { createWatches } from './watches.ts'
import type { Disturbance, Watches } from './watches.ts'
import { createWrites, keyOf as keyInStore } from './writes.ts'
import type { Writes } from './writes.ts'

/** A request as it was seen. */
export interface RecordedRequest {
  readonly method: string
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: unknown
}

export interface FakeApiServerOptions {
  /** Kinds beside those of client/kinds.ts. */
  readonly kinds?: readonly ResourceKind[]
  /** Defaults to 1,000; a real server sends one a minute. */
  readonly bookmarkIntervalMs?: number
  /** Refuses what a client may not do, as a cluster's RBAC does. Defaults to letting everything pass. */
  readonly authorizer?: Authorizer
  /** Who comes with which bearer token. Defaults to letting everybody pass. */
  readonly users?: FakeUsers
}

/** Of the user in its own kubeconfig. */
const OWN_TOKEN = 'a-token'

/** A small API server in memory, over real HTTP. Methods that touch objects go past HTTP. */
export interface FakeApiServer {
  readonly url: string
  readonly requests: readonly RecordedRequest[]
  kubeConfig(): KubeConfig
  kubeConfigYaml(): string
  define(kind: ResourceKind): void
  /** Creates or replaces, status included. A resourceVersion in it is ignored. */
  put<T extends KubeObject>(kind: ResourceKind<T>, object: T): T
  get<T extends KubeObject>(kind: ResourceKind<T>, ref: ObjectRef): T | undefined
  list<T extends KubeObject>(kind: ResourceKind<T>): readonly T[]
  remove(kind: ResourceKind, ref: ObjectRef): void
  /** The next matching requests fail. */
  fail(fault: Fault): void
  clearFaults(): void
  /** Requests for this very path get this answer: what an aggregated server or a proxied pod serves. */
  serve(path: string, body: object | (() => object)): void
  /** A port of a pod is this port of loopback, for whoever forwards it. */
  forward(pod: ObjectRef, port: number, target: number): void
  /** Forgets history: older watches and continue tokens get 410. */
  compact(): void
  dropWatches(): void
  stallWatches(on: boolean, kind?: ResourceKind): void
  /** How events come over watches from now on. Defaults to one by one, in order. */
  disturbWatches(how: Disturbance): void
  openWatches(): number
  stop(): Promise<void>
}

/** Starts a server on a port of its own. It must be stopped. */
export async function startFakeApiServer(
  options: FakeApiServerOptions = {},
): Promise<FakeApiServer> {
  const kinds = new Map<string, ResourceKind>()
  for (const kind of [...commonKinds(), ...(options.kinds ?? [])])
    kinds.set(collectionOf(kind), kind)
  const store = createStore()
  const faults = createFaults()
  const requests: RecordedRequest[] = []
  const served = new Map<string, object | (() => object)>()
  const forwarded = new Map<string, number>()
  const watches = createWatches(store, options.bookmarkIntervalMs ?? 1_000)
  const writes = createWrites(store)

  const server = createServer((request, response) => {
    void serve(request, response)
  })
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://server')
    const method = request.method ?? 'GET'
    const body = await readBody(request)
    const query = Object.fromEntries(searchParams)
    const seen = { method, path: pathname, query, headers: request.headers, body }
    requests.push(seen)
    const fault = faults.take(method, request.url ?? '/')
    fault?.onMet?.()
    if (fault?.stallMs !== undefined) await delay(fault.stallMs)
    if (fault?.status !== undefined) {
      misbehave(fault, fault.status, response)
      return
    }
    if (fault?.answerLost === true) loseAnswer(response)
    if (fault?.lateMs !== undefined) {
      response.destroy()
      await delay(fault.lateMs)
    }
    const contentType = request.headers['content-type'] ?? ''
    try {
      const user = authenticate(options.users, seen, OWN_TOKEN)
      const exists = (path: string): boolean => {
        const route = parseRoute(path, kinds)
        if (route === undefined) return false
        return store.get(route.collection, keyInStore(route.namespace, route.name)) !== undefined
      }
      permit(user, seen, exists)
      authorize(options.authorizer, seen, exists)
      const known = served.get(pathname)
      const ready = typeof known === 'function' ? (known as () => object)() : known
      const review = ready ?? answerReview(user, seen)
      if (review !== undefined) {
        send(response, method === 'POST' ? 201 : 200, review)
        return
      }
      const asked = { method, pathname, searchParams, contentType, body }
      answer(asked, response, { kinds, store, watches, writes })
    } catch (error) {
      const status =
        error instanceof StatusError ? error : new StatusError(500, 'InternalError', String(error))
      send(response, status.code, status.toJson())
    }
  }
  server.on('upgrade', (request, socket) => {
    const url = request.url ?? '/'
    const { pathname, searchParams } = new URL(url, 'http://server')
    const query = Object.fromEntries(searchParams)
    requests.push({
      method: 'GET',
      path: pathname,
      query,
      headers: request.headers,
      body: undefined,
    })
    const target = forwarded.get(url)
    const status = faults.take('GET', url)?.status ?? (target === undefined ? 404 : undefined)
    if (status !== undefined) socket.end(`HTTP/1.1 ${status} Refused\r\ncontent-length: 0\r\n\r\n`)
    else forwardPort(request, socket, { port: Number(query['ports']), target: target ?? 0 })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const kubeConfigYaml = (): string => kubeConfigFor(url)

  return {
    url,
    requests,
    kubeConfigYaml,
    kubeConfig: () => {
      const kubeConfig = new KubeConfig()
      kubeConfig.loadFromString(kubeConfigYaml())
      return kubeConfig
    },
    define: (kind) => {
      kinds.set(collectionOf(kind), kind)
    },
    put: (kind, object) => {
      const plain = structuredClone(object) as unknown as JsonObject
      const typed = { apiVersion: kindConstants.apiVersionOf(kind), kind: kind.kind }
      const whole = { ...typed, ...plain, metadata: { ...object.metadata, resourceVersion: '' } }
      return store.write(collectionOf(kind), keyOf(object), whole) as unknown as typeof object
    },
    get: <T extends KubeObject>(kind: ResourceKind<T>, ref: ObjectRef) =>
      store.get(collectionOf(kind), keyOf(ref)) as unknown as T | undefined,
    list: <T extends KubeObject>(kind: ResourceKind<T>) =>
      store.list(collectionOf(kind)).map(([, object]) => object as unknown as T),
    remove: (kind, ref) => {
      store.remove(collectionOf(kind), keyOf(ref))
    },
    fail: (fault) => {
      faults.order(fault)
    },
    clearFaults: () => {
      faults.clear()
    },
    serve: (path, body) => {
      served.set(path, body)
    },
    forward: ({ namespace = '', name }, port, target) => {
      forwarded.set(
        `/api/v1/namespaces/${namespace}/pods/${name}/portforward?ports=${port}`,
        target,
      )
    },
    compact: () => {
      store.compact()
    },
    dropWatches: () => {
      watches.drop()
    },
    stallWatches: (on, kind) => {
      watches.stall(on, kind === undefined ? undefined : collectionOf(kind))
    },
    disturbWatches: (how) => {
      watches.disturb(how)
    },
    openWatches: () => watches.count(),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve()
        })
        server.closeAllConnections()
      }),
  }
}

interface Asked {
  readonly method: string
  readonly pathname: string
  readonly searchParams: URLSearchParams
  readonly contentType: string
  readonly body: unknown
}

interface Parts {
  readonly kinds: ReadonlyMap<string, ResourceKind>
  readonly store: Store
  readonly watches: Watches
  readonly writes: Writes
}

function answer(asked: Asked, response: ServerResponse, parts: Parts): void {
  const { method, pathname, searchParams: query, contentType, body } = asked
  const { store, watches, writes } = parts
  if (pathname === '/version') {
    send(response, 200, { major: '1', minor: '35', gitVersion: 'v1.35.0' })
    return
  }
  const route = parseRoute(pathname, parts.kinds)
  if (route === undefined) {
    throw new StatusError(404, 'NotFound', 'the server could not find the requested resource')
  }
  const dryRun = query.get('dryRun') === 'All'
  const manager = query.get('fieldManager') ?? ''
  switch (method) {
    case 'GET':
      if (query.get('watch') === 'true') watches.open(route, query, response)
      else if (route.name !== '') send(response, 200, readObject(store, route))
      else send(response, 200, readPage(store, route, query))
      return
    case 'POST':
      send(response, 201, writes.create(route, body, dryRun))
      return
    case 'PATCH':
      send(response, 200, writes.patch(route, contentType, body, manager, dryRun))
      return
    case 'DELETE':
      send(response, 200, writes.delete(route, body))
      return
    default:
      throw new StatusError(405, 'MethodNotAllowed', `${method} is not served here`)
  }
}

/** Whatever is answered, nobody hears it. */
function loseAnswer(response: ServerResponse): void {
  response.end = () => response.destroy()
}

function misbehave(fault: Fault, status: number, response: ServerResponse): void {
  if (status === -1) return
  if (status === 0) {
    response.destroy()
    return
  }
  if (fault.retryAfterSeconds !== undefined) {
    response.setHeader('retry-after', String(fault.retryAfterSeconds))
  }
  const message = fault.message ?? 'ordered by the test'
  send(response, status, new StatusError(status, '', message).toJson())
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString()
  return text === '' ? undefined : JSON.parse(text)
}

function commonKinds(): readonly ResourceKind[] {
  return Object.values(kindConstants).filter((value) => typeof value === 'object')
}

function kubeConfigFor(url: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'fake',
    contexts: [{ name: 'fake', context: { cluster: 'fake', user: 'tester' } }],
    // client-node refuses plain HTTP unless it is told not to verify.
    clusters: [{ name: 'fake', cluster: { server: url, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'tester', user: { token: OWN_TOKEN } }],
  })
}
