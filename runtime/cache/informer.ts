import type { KubeObject } from '../client/objects.ts'
import { keyOf } from '../client/objects.ts'
import type { SelectOptions } from '../client/options.ts'
import type { ResourceClient } from '../client/resource.ts'
import { realClock } from '../clock/clock.ts'
import type { Clock } from '../clock/clock.ts'
import { orAborted } from '../clock/orAborted.ts'
import { silentLogger } from '../logging/logger.ts'
import type { Logger } from '../logging/logger.ts'
import type { Check } from '../metrics/check.ts'
import type { Metrics } from '../metrics/metrics.ts'
import { reflect } from './reflector.ts'
import type { ReflectorSink } from './reflector.ts'
import { createReflectorMetrics } from './reflectorMetrics.ts'
import { createIndexedStore } from './store.ts'
import type { Indexer } from './store.ts'

/** Told after the cache has changed. Must not wait and not throw: enqueue a key and return. */
export type ChangeHandler<T> = (key: string, before: T | undefined, after: T | undefined) => void

export interface InformerOptions<T extends KubeObject> extends SelectOptions {
  readonly resource: ResourceClient<T>
  /** Shrinks objects before they are kept. managedFields are dropped in any case. */
  readonly transform?: (object: T) => T
  readonly indexers?: Readonly<Record<string, Indexer<T>>>
  /** Of metrics and logs. Defaults to the plural of the kind. */
  readonly name?: string
  /** A link without even a bookmark for this long is dead. Defaults to 180,000: the server sends one a minute. */
  readonly idleTimeoutMs?: number
  readonly clock?: Clock
  readonly random?: () => number
  readonly logger?: Logger
  readonly metrics?: Metrics
}

/** A collection of the API server, kept in memory. Its objects must not be changed. */
export interface Informer<T extends KubeObject> {
  readonly name: string
  run(signal: AbortSignal): Promise<void>
  /** Resolves when the first list is in, or the signal aborts. */
  ready(signal: AbortSignal): Promise<void>
  hasSynced(): boolean
  get(key: string): T | undefined
  list(): readonly T[]
  byIndex(index: string, value: string): readonly T[]
  /** Calls the handler for each object there is, then at each change; gives the unsubscribe. */
  onChange(handler: ChangeHandler<T>): () => void
  lastEventAgeSeconds(): number
  /** For liveness: wrong when the loop itself hangs, not when the server is away. */
  readonly check: Check
}

/** The longest a healthy loop goes without turning: an idle watch, a page, and a pause; doubled. */
const hangingAfterMs = 2 * (180_000 + 60_000 + 30_000)

/**
 * Creates an informer; nothing is read before `run`.
 *
 * @example
 * const pods = createInformer({ resource: client.resource(PODS), indexers: { node: (p) => [p.spec?.nodeName ?? ''] } })
 * pods.byIndex('node', 'worker-1')
 */
export function createInformer<T extends KubeObject>(options: InformerOptions<T>): Informer<T> {
  const { resource, clock = realClock, random = Math.random } = options
  const name = options.name ?? resource.kind.plural
  const logger = (options.logger ?? silentLogger).with({ informer: name })
  const store = createIndexedStore(options.indexers)
  const handlers = new Set<ChangeHandler<T>>()
  const synced = Promise.withResolvers<undefined>()
  let hasSynced = false
  let heardAtMs = clock.now()
  let turnedAtMs = clock.now()
  const lastEventAgeSeconds = (): number => (clock.now() - heardAtMs) / 1000
  const metrics = createReflectorMetrics(
    name,
    { ageSeconds: lastEventAgeSeconds, items: () => store.size() },
    options.metrics,
  )

  const tell = (handler: ChangeHandler<T>, key: string, before?: T, after?: T): void => {
    try {
      handler(key, before, after)
    } catch (error) {
      // One bad handler must not cost the others their events, nor the watch its life.
      logger.error('change handler threw', { error, key })
    }
  }
  const tellAll = (key: string, before?: T, after?: T): void => {
    for (const handler of handlers) tell(handler, key, before, after)
  }
  const put = (object: T): void => {
    const before = store.set(object)
    tellAll(keyOf(object), before, object)
  }
  const remove = (key: string): void => {
    const before = store.delete(key)
    if (before !== undefined) tellAll(key, before)
  }
  const sink: ReflectorSink<T> = {
    replace: (objects) => {
      const present = new Set(objects.map((object) => keyOf(object)))
      for (const key of [...store.keys()]) if (!present.has(key)) remove(key)
      for (const object of objects) {
        const before = store.get(keyOf(object))?.metadata.resourceVersion
        if (before === undefined || before !== object.metadata.resourceVersion) put(object)
      }
      hasSynced = true
      synced.resolve(undefined)
      logger.debug('cache is in step', { items: objects.length })
    },
    set: (object) => {
      // A repeated or late event must not bring back what was; a list says what is, whatever came before.
      if (!isOutdated(object, store.get(keyOf(object)))) put(object)
    },
    remove: (object) => {
      remove(keyOf(object))
    },
    heard: () => {
      heardAtMs = clock.now()
    },
    turned: () => {
      turnedAtMs = clock.now()
    },
    ...metrics,
  }

  return {
    name,
    run: (signal) => {
      const { namespace, labelSelector, fieldSelector, idleTimeoutMs = 180_000 } = options
      turnedAtMs = clock.now()
      return reflect(
        {
          resource,
          select: {
            ...(namespace === undefined ? {} : { namespace }),
            ...(labelSelector === undefined ? {} : { labelSelector }),
            ...(fieldSelector === undefined ? {} : { fieldSelector }),
          },
          transform: (object) => shrink(object, options.transform),
          sink,
          clock,
          random,
          logger,
          idleTimeoutMs,
        },
        signal,
      )
    },
    ready: (signal) => orAborted(synced.promise, signal),
    hasSynced: () => hasSynced,
    get: (key) => store.get(key),
    list: () => [...store.values()],
    byIndex: (index, value) => store.byIndex(index, value),
    onChange: (handler) => {
      for (const object of store.values()) tell(handler, keyOf(object), undefined, object)
      handlers.add(handler)
      return () => handlers.delete(handler)
    },
    lastEventAgeSeconds,
    check: () => {
      const ageMs = clock.now() - turnedAtMs
      if (ageMs < hangingAfterMs) return undefined
      return `the watch of ${name} has not turned for ${Math.round(ageMs / 1000)} s`
    },
  }
}

/** Versions of one kind are ordered numbers: the API guarantees it since Kubernetes 1.35 (KEP-5504). */
function isOutdated(object: KubeObject, known: KubeObject | undefined): boolean {
  const { uid, resourceVersion = '' } = object.metadata
  const { resourceVersion: seen = '' } = known?.metadata ?? {}
  if (known?.metadata.uid !== uid || !isNumber(resourceVersion) || !isNumber(seen)) return false
  return BigInt(resourceVersion) < BigInt(seen)
}

function isNumber(text: string): boolean {
  return /^\d+$/.test(text)
}

/** managedFields are often half of an object and nobody reads them here. */
function shrink<T extends KubeObject>(object: T, transform?: (object: T) => T): T {
  const { managedFields, ...metadata } = object.metadata
  const shrunk = managedFields === undefined ? object : { ...object, metadata }
  return transform === undefined ? shrunk : transform(shrunk)
}
