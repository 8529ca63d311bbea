import { keyOf } from '../client/objects.ts'
import type { KubeObject } from '../client/objects.ts'

/** Gives the values under which an object is found in an index. */
export type Indexer<T> = (object: T) => readonly string[]

/** Objects by key and by index. Objects are never changed, only exchanged. */
export interface IndexedStore<T extends KubeObject> {
  get(key: string): T | undefined
  keys(): Iterable<string>
  values(): Iterable<T>
  size(): number
  /** @throws TypeError for an index that was not declared: a typing error, not an empty answer */
  byIndex(index: string, value: string): readonly T[]
  /** Stores an object and gives the one that was there before. */
  set(object: T): T | undefined
  delete(key: string): T | undefined
}

/** Creates an empty store with these indexes. */
export function createIndexedStore<T extends KubeObject>(
  indexers: Readonly<Record<string, Indexer<T>>> = {},
): IndexedStore<T> {
  const objects = new Map<string, T>()
  const indexes = new Map<string, Map<string, Map<string, T>>>()
  for (const name of Object.keys(indexers)) indexes.set(name, new Map())

  const unindex = (key: string, object: T): void => {
    for (const [name, indexer] of Object.entries(indexers)) {
      const index = indexes.get(name)
      for (const value of indexer(object)) {
        const found = index?.get(value)
        found?.delete(key)
        // Values come and go (revisions, nodes): an empty one kept is a leak.
        if (found?.size === 0) index?.delete(value)
      }
    }
  }
  const index = (key: string, object: T): void => {
    for (const [name, indexer] of Object.entries(indexers)) {
      for (const value of indexer(object)) {
        const values = indexes.get(name)
        const found = values?.get(value) ?? new Map<string, T>()
        found.set(key, object)
        values?.set(value, found)
      }
    }
  }

  return {
    get: (key) => objects.get(key),
    keys: () => objects.keys(),
    values: () => objects.values(),
    size: () => objects.size,
    byIndex: (name, value) => {
      const values = indexes.get(name)
      if (values === undefined) throw new TypeError(`there is no index ${name}`)
      return [...(values.get(value)?.values() ?? [])]
    },
    set: (object) => {
      const key = keyOf(object)
      const before = objects.get(key)
      if (before !== undefined) unindex(key, before)
      objects.set(key, object)
      index(key, object)
      return before
    },
    delete: (key) => {
      const before = objects.get(key)
      if (before === undefined) return undefined
      unindex(key, before)
      objects.delete(key)
      return before
    },
  }
}
