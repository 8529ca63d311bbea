import { randomUUID } from 'node:crypto'
import { wholeSeconds } from '../events/eventObject.ts'
import { childOf, textOf } from './json.ts'
import type { JsonObject } from './json.ts'
import { StatusError } from './statusError.ts'

export type ChangeType = 'ADDED' | 'MODIFIED' | 'DELETED'

/** One entry of the history that watches read. */
export interface Change {
  readonly type: ChangeType
  /** `group/plural`. */
  readonly collection: string
  readonly version: number
  readonly before: JsonObject | undefined
  readonly after: JsonObject
}

/** Objects, one global resourceVersion, and the history since the last compaction. */
export interface Store {
  version(): number
  compactedVersion(): number
  get(collection: string, key: string): JsonObject | undefined
  /** In the order of their keys. */
  list(collection: string): readonly (readonly [key: string, object: JsonObject])[]
  /** Writes an object, filling in what a server fills in; a finalised, deleted one disappears. */
  write(collection: string, key: string, object: JsonObject): JsonObject
  remove(collection: string, key: string): JsonObject | undefined
  changesSince(version: number): readonly Change[]
  onChange(handler: (change: Change) => void): () => void
  /** Forgets the history: watches and pages from before get 410. */
  compact(): void
}

export function createStore(): Store {
  // A real cluster's versions do not start at 1, and '0' means something else.
  let version = 1000
  let compactedVersion = 1000
  let history: Change[] = []
  const collections = new Map<string, Map<string, JsonObject>>()
  const handlers = new Set<(change: Change) => void>()

  const collectionOf = (name: string): Map<string, JsonObject> => {
    const found = collections.get(name) ?? new Map<string, JsonObject>()
    collections.set(name, found)
    return found
  }
  const record = (change: Change): void => {
    history.push(change)
    for (const handler of [...handlers]) handler(change)
  }
  const remove = (collection: string, key: string): JsonObject | undefined => {
    const before = collectionOf(collection).get(key)
    if (before === undefined) return undefined
    collectionOf(collection).delete(key)
    version++
    const after = structuredClone(before)
    childOf(after, 'metadata')['resourceVersion'] = String(version)
    record({ type: 'DELETED', collection, version, before, after })
    return after
  }

  return {
    version: () => version,
    compactedVersion: () => compactedVersion,
    get: (collection, key) => collectionOf(collection).get(key),
    list: (collection) =>
      [...collectionOf(collection).entries()].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
    write: (collection, key, object) => {
      const before = collectionOf(collection).get(key)
      const after = structuredClone(object)
      const metadata = childOf(after, 'metadata')
      checkVersion(before, metadata, key)
      fillIn(metadata, before, after)
      if (before !== undefined && sameContent(before, after)) return before
      if (textOf(metadata, 'deletionTimestamp') !== '' && finalizersOf(metadata) === 0) {
        return remove(collection, key) ?? after
      }
      version++
      metadata['resourceVersion'] = String(version)
      collectionOf(collection).set(key, after)
      const type = before === undefined ? 'ADDED' : 'MODIFIED'
      record({ type, collection, version, before, after })
      return after
    },
    remove,
    changesSince: (since) => history.filter((change) => change.version > since),
    onChange: (handler) => {
      handlers.add(handler)
      return () => handlers.delete(handler)
    },
    compact: () => {
      history = []
      version++
      compactedVersion = version
    },
  }
}

/** A resourceVersion in a write is a precondition. */
function checkVersion(before: JsonObject | undefined, metadata: JsonObject, key: string): void {
  const wanted = textOf(metadata, 'resourceVersion')
  if (before === undefined || wanted === '') return
  if (textOf(childOf(before, 'metadata'), 'resourceVersion') === wanted) return
  const message = `${key}: the object has been modified; please apply your changes to the latest version`
  throw new StatusError(409, 'Conflict', message)
}

function fillIn(metadata: JsonObject, before: JsonObject | undefined, after: JsonObject): void {
  const old = before === undefined ? {} : childOf(before, 'metadata')
  metadata['uid'] = old['uid'] ?? metadata['uid'] ?? randomUUID()
  metadata['creationTimestamp'] =
    old['creationTimestamp'] ?? metadata['creationTimestamp'] ?? wholeSeconds(Date.now())
  const generation = typeof old['generation'] === 'number' ? old['generation'] : 0
  const changed = before === undefined || desiredOf(before) !== desiredOf(after)
  metadata['generation'] = changed ? generation + 1 : generation
}

/** The part of an object whose change counts as a new generation. */
function desiredOf(object: JsonObject): string {
  return JSON.stringify({ ...object, metadata: undefined, status: undefined })
}

function sameContent(a: JsonObject, b: JsonObject): boolean {
  return contentOf(a) === contentOf(b)
}

function contentOf(object: JsonObject): string {
  const metadata = { ...childOf(object, 'metadata'), resourceVersion: '', managedFields: '' }
  return JSON.stringify(sorted({ ...object, metadata }))
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([name, v]) => [name, sorted(v)]))
}

function finalizersOf(metadata: JsonObject): number {
  return Array.isArray(metadata['finalizers']) ? metadata['finalizers'].length : 0
}
