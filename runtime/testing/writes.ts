import { wholeSeconds } from '../events/eventObject.ts'
import { applied } from './applyLite.ts'
import { childOf, isJsonObject, textOf } from './json.ts'
import type { JsonObject } from './json.ts'
import { patched } from './patches.ts'
import type { Route } from './routes.ts'
import { StatusError } from './statusError.ts'
import type { Store } from './store.ts'

/** The verbs that change something. */
export interface Writes {
  create(route: Route, body: unknown, dryRun: boolean): JsonObject
  patch(route: Route, contentType: string, body: unknown, manager: string, dry: boolean): JsonObject
  delete(route: Route, options: unknown): JsonObject
}

export function createWrites(store: Store): Writes {
  const appliedBefore = new Map<string, JsonObject>()

  const create = (route: Route, body: unknown, dryRun: boolean): JsonObject => {
    const object = structuredClone(objectIn(body))
    const metadata = childOf(object, 'metadata')
    if (route.namespace !== '') metadata['namespace'] = route.namespace
    metadata['name'] ??=
      `${textOf(metadata, 'generateName')}${Math.random().toString(36).slice(2, 7)}`
    const key = keyOf(route.namespace, textOf(metadata, 'name'))
    if (store.get(route.collection, key) !== undefined) {
      const message = `${route.kind.plural} "${textOf(metadata, 'name')}" already exists`
      throw new StatusError(409, 'AlreadyExists', message)
    }
    Reflect.deleteProperty(metadata, 'resourceVersion')
    object['apiVersion'] ??= apiVersion(route)
    object['kind'] ??= route.kind.kind
    return dryRun ? object : store.write(route.collection, key, object)
  }

  const apply = (route: Route, body: unknown, manager: string): JsonObject => {
    const wanted = objectIn(body)
    const key = keyOf(route.namespace, route.name)
    const memory = `${route.collection} ${key} ${route.subresource} ${manager}`
    const empty = { apiVersion: apiVersion(route), kind: route.kind.kind, metadata: {} }
    const current = store.get(route.collection, key)
    if (current === undefined && route.subresource !== '') throw notFound(route)
    const next = applied(
      current ?? empty,
      current === undefined ? undefined : appliedBefore.get(memory),
      wanted,
    )
    appliedBefore.set(memory, structuredClone(wanted))
    const metadata = childOf(next, 'metadata')
    metadata['name'] = route.name
    if (route.namespace !== '') metadata['namespace'] = route.namespace
    return next
  }

  return {
    create: (route, body, dryRun) => {
      if (route.subresource === '') return create(route, body, dryRun)
      const key = keyOf(route.namespace, route.name)
      if (store.get(route.collection, key) === undefined) throw notFound(route)
      if (route.subresource === 'eviction') store.remove(route.collection, key)
      return { kind: 'Status', apiVersion: 'v1', status: 'Success', code: 201 }
    },
    patch: (route, contentType, body, manager, dryRun) => {
      const key = keyOf(route.namespace, route.name)
      const current = store.get(route.collection, key)
      if (current === undefined && contentType !== applyType) throw notFound(route)
      const wanted =
        contentType === applyType
          ? apply(route, body, manager)
          : patched(current ?? {}, contentType, body)
      const next = keepOthers(route.subresource, current, wanted)
      return dryRun ? next : store.write(route.collection, key, next)
    },
    delete: (route, options) => {
      const key = keyOf(route.namespace, route.name)
      const current = store.get(route.collection, key)
      if (current === undefined) throw notFound(route)
      checkPreconditions(options, childOf(current, 'metadata'), route.name)
      const finalizers = childOf(current, 'metadata')['finalizers']
      if (!Array.isArray(finalizers) || finalizers.length === 0) {
        return store.remove(route.collection, key) ?? current
      }
      const marked = structuredClone(current)
      childOf(marked, 'metadata')['deletionTimestamp'] ??= wholeSeconds(Date.now())
      return store.write(route.collection, key, marked)
    },
  }
}

const applyType = 'application/apply-patch+yaml'

/** The status subresource changes nothing else, and everything else leaves the status alone. */
function keepOthers(
  subresource: string,
  current: JsonObject | undefined,
  next: JsonObject,
): JsonObject {
  if (current === undefined) return { ...next, status: undefined }
  if (subresource !== 'status') return { ...next, status: current['status'] }
  const { resourceVersion, managedFields } = childOf(next, 'metadata')
  const metadata = { ...childOf(current, 'metadata'), resourceVersion, managedFields }
  return { ...current, metadata, status: next['status'] }
}

function checkPreconditions(options: unknown, metadata: JsonObject, name: string): void {
  if (!isJsonObject(options) || !isJsonObject(options['preconditions'])) return
  for (const field of ['uid', 'resourceVersion'] as const) {
    const wanted = textOf(options['preconditions'], field)
    if (wanted !== '' && wanted !== textOf(metadata, field)) {
      throw new StatusError(409, 'Conflict', `${name}: precondition failed: ${field} is another`)
    }
  }
}

export function keyOf(namespace: string, name: string): string {
  return namespace === '' ? name : `${namespace}/${name}`
}

export function notFound(route: Route): StatusError {
  return new StatusError(404, 'NotFound', `${route.kind.plural} "${route.name}" not found`)
}

function apiVersion(route: Route): string {
  const { group, version } = route.kind
  return group === '' ? version : `${group}/${version}`
}

function objectIn(body: unknown): JsonObject {
  if (isJsonObject(body)) return body
  throw new StatusError(400, 'BadRequest', 'the body is no object')
}
