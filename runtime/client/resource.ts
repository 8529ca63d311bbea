import { isApiError } from '../transport/apiError.ts'
import type { Transport } from '../transport/transport.ts'
import { decodeEvent, decodeObject } from './decode.ts'
import { apiVersionOf } from './kinds.ts'
import type { ResourceKind } from './kinds.ts'
import type { KubeObject, ObjectRef } from './objects.ts'
import type {
  Applicable,
  ApplyOptions,
  CallOptions,
  Creatable,
  DeleteOptions,
  JsonPatchOperation,
  KubeList,
  ListOptions,
  PatchOptions,
  WatchEvent,
  WatchOptions,
  WriteOptions,
} from './options.ts'
import { listPages } from './pages.ts'
import type { ListedPage } from './pages.ts'
import { collectionPath, objectPath } from './resourcePath.ts'

/**
 * Reads and writes the objects of one kind. All methods throw ApiError. There is no replace: an
 * object that was typed has lost what its type does not know.
 */
export interface ResourceClient<T extends KubeObject> {
  readonly kind: ResourceKind<T>
  get(ref: ObjectRef, options?: CallOptions): Promise<T>
  /** Like get, but undefined when there is none. */
  find(ref: ObjectRef, options?: CallOptions): Promise<T | undefined>
  /** All pages. */
  list(options?: ListOptions): Promise<KubeList<T>>
  /** Page by page, so that a caller may shrink one before it reads the next. */
  pages(options?: ListOptions): AsyncGenerator<ListedPage<T>>
  create(object: Creatable<T>, options?: WriteOptions): Promise<T>
  /** Server-side apply: creates or changes, and owns exactly the fields given. */
  apply(object: Applicable<T>, options?: ApplyOptions): Promise<T>
  jsonPatch(
    ref: ObjectRef,
    operations: readonly JsonPatchOperation[],
    options?: PatchOptions,
  ): Promise<T>
  mergePatch(ref: ObjectRef, patch: object, options?: PatchOptions): Promise<T>
  /** Built-in kinds only. */
  strategicPatch(ref: ObjectRef, patch: object, options?: PatchOptions): Promise<T>
  delete(ref: ObjectRef, options?: DeleteOptions): Promise<void>
  /** E.g. an eviction of a pod. The answer is the server's, unchecked. */
  createSubresource(
    ref: ObjectRef,
    subresource: string,
    body: object,
    options?: WriteOptions,
  ): Promise<unknown>
  /** Ends when the server ends it. @throws ApiError `Gone` when the resourceVersion is too old */
  watch(options: WatchOptions): AsyncGenerator<WatchEvent<T>>
}

/** Creates a resource client; `Client.resource` is the usual way to get one. */
export function createResource<T extends KubeObject>(
  transport: Transport,
  kind: ResourceKind<T>,
): ResourceClient<T> {
  const typed = { apiVersion: apiVersionOf(kind), kind: kind.kind }
  const patch = async (
    ref: ObjectRef,
    contentType: string,
    body: unknown,
    options: ApplyOptions,
  ): Promise<T> => {
    const answer = await transport.request({
      method: 'PATCH',
      path: objectPath(kind, ref, options.subresource),
      query: { ...writeQuery(transport, options), force: options.force },
      body,
      contentType,
      ...callOf(options),
    })
    return decodeObject(kind, answer)
  }
  const get = async (ref: ObjectRef, options: CallOptions = {}): Promise<T> => {
    const path = objectPath(kind, ref)
    const answer = await transport.request({ method: 'GET', path, ...callOf(options) })
    return decodeObject(kind, answer)
  }

  return {
    kind,
    get,
    find: async (ref, options) => {
      try {
        return await get(ref, options)
      } catch (error) {
        if (isApiError(error, 'NotFound')) return undefined
        throw error
      }
    },
    list: async (options = {}) => {
      let items: T[] = []
      let resourceVersion = ''
      for await (const page of listPages(transport, kind, options)) {
        items = page.restarted ? [...page.items] : items.concat(page.items)
        resourceVersion = page.resourceVersion
      }
      return { items, resourceVersion }
    },
    pages: (options = {}) => listPages(transport, kind, options),
    create: async (object, options = {}) => {
      const answer = await transport.request({
        method: 'POST',
        path: collectionPath(kind, object.metadata.namespace),
        query: writeQuery(transport, options),
        body: { ...typed, ...object },
        ...callOf(options),
      })
      return decodeObject(kind, answer)
    },
    apply: (object, options = {}) =>
      patch(
        object.metadata,
        // JSON is YAML.
        'application/apply-patch+yaml',
        { ...typed, ...object },
        { retry: true, force: true, ...options },
      ),
    jsonPatch: (ref, operations, options = {}) =>
      patch(ref, 'application/json-patch+json', operations, options),
    mergePatch: (ref, body, options = {}) =>
      patch(ref, 'application/merge-patch+json', body, options),
    strategicPatch: (ref, body, options = {}) =>
      patch(ref, 'application/strategic-merge-patch+json', body, options),
    delete: async (ref, options = {}) => {
      const { uid, resourceVersion, propagationPolicy, gracePeriodSeconds, dryRun } = options
      const guarded = uid !== undefined || resourceVersion !== undefined
      await transport.request({
        method: 'DELETE',
        path: objectPath(kind, ref),
        body: {
          apiVersion: 'v1',
          kind: 'DeleteOptions',
          propagationPolicy,
          gracePeriodSeconds,
          ...(dryRun === true ? { dryRun: ['All'] } : {}),
          ...(guarded ? { preconditions: { uid, resourceVersion } } : {}),
        },
        ...callOf(options),
      })
    },
    createSubresource: (ref, subresource, body, options = {}) =>
      transport.request({
        method: 'POST',
        path: objectPath(kind, ref, subresource),
        query: writeQuery(transport, options),
        body,
        ...callOf(options),
      }),
    watch: (options) => watch(transport, kind, options),
  }
}

async function* watch<T extends KubeObject>(
  transport: Transport,
  kind: ResourceKind<T>,
  options: WatchOptions,
): AsyncGenerator<WatchEvent<T>> {
  const { namespace, labelSelector, fieldSelector, resourceVersion, timeoutSeconds } = options
  const lines = transport.stream({
    path: collectionPath(kind, namespace),
    query: {
      watch: true,
      allowWatchBookmarks: true,
      resourceVersion,
      timeoutSeconds,
      labelSelector,
      fieldSelector,
    },
    signal: options.signal,
    ...(options.idleTimeoutMs === undefined ? {} : { idleTimeoutMs: options.idleTimeoutMs }),
  })
  for await (const line of lines) yield decodeEvent(kind, line)
}

function writeQuery(
  transport: Transport,
  options: WriteOptions,
): { readonly fieldManager: string; readonly dryRun: string | undefined } {
  return {
    fieldManager: options.fieldManager ?? transport.fieldManager,
    dryRun: options.dryRun === true ? 'All' : undefined,
  }
}

/** Passes on what was given: an option set to undefined would hide a default. */
function callOf({ signal, deadlineMs, retry }: CallOptions): CallOptions {
  return {
    ...(signal === undefined ? {} : { signal }),
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
    ...(retry === undefined ? {} : { retry }),
  }
}
