import type { KubeObject, ObjectMeta, ObjectRef } from './objects.ts'

export interface CallOptions {
  readonly signal?: AbortSignal
  readonly deadlineMs?: number
  /** May be sent twice; see TransportRequest. */
  readonly retry?: boolean
}

export interface WriteOptions extends CallOptions {
  /** Everything but the write itself. */
  readonly dryRun?: boolean
  /** Defaults to the transport's. */
  readonly fieldManager?: string
}

export interface PatchOptions extends WriteOptions {
  /** E.g. `status`, or `resize` and `ephemeralcontainers` of pods. */
  readonly subresource?: string
}

export interface ApplyOptions extends PatchOptions {
  /** Take over fields another manager owns. Defaults to true, as is right for controllers. */
  readonly force?: boolean
}

export interface DeleteOptions extends CallOptions {
  /** Delete only this very object, not a namesake that came after it. */
  readonly uid?: string
  /** Delete only if unchanged since it was read. */
  readonly resourceVersion?: string
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan'
  readonly gracePeriodSeconds?: number
  readonly dryRun?: boolean
}

export interface SelectOptions {
  /** Defaults to all namespaces. */
  readonly namespace?: string
  readonly labelSelector?: string
  readonly fieldSelector?: string
}

export interface ListOptions extends CallOptions, SelectOptions {
  /** Objects a page. Defaults to 500; 0 asks for everything at once. */
  readonly limit?: number
  /** Defaults to the newest; '0' takes whatever the server's cache has. */
  readonly resourceVersion?: string
}

export interface WatchOptions extends SelectOptions {
  readonly signal: AbortSignal
  readonly resourceVersion: string
  /** After which the server ends the watch. */
  readonly timeoutSeconds: number
  /** See StreamRequest. */
  readonly idleTimeoutMs?: number
}

/** An object to be written: any part of it. apiVersion and kind are filled in. */
export type Creatable<T extends KubeObject> = { readonly metadata: Partial<ObjectMeta> } & {
  readonly [K in keyof T as K extends 'metadata' ? never : K]?: PartOf<T[K]>
}

/** An object to be applied: it must have a name. */
export type Applicable<T extends KubeObject> = Creatable<T> & { readonly metadata: ObjectRef }

type PartOf<V> = V extends readonly unknown[]
  ? V
  : V extends object
    ? { readonly [K in keyof V]?: PartOf<V[K]> }
    : V

export interface KubeList<T extends KubeObject> {
  readonly items: readonly T[]
  /** Where a watch goes on from. */
  readonly resourceVersion: string
}

export type WatchEvent<T extends KubeObject> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: T }
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string }

/** RFC 6902. */
export type JsonPatchOperation =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string }
  | { readonly op: 'move' | 'copy'; readonly from: string; readonly path: string }
