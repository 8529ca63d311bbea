/** metadata.ownerReferences[]. */
export interface OwnerReference {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly uid: string
  readonly controller?: boolean
  readonly blockOwnerDeletion?: boolean
}

/** The metadata of an object that was read. Times are RFC 3339 strings. */
export interface ObjectMeta {
  readonly name: string
  readonly generateName?: string
  readonly namespace?: string
  readonly uid?: string
  readonly resourceVersion?: string
  readonly generation?: number
  readonly creationTimestamp?: string
  readonly deletionTimestamp?: string
  readonly deletionGracePeriodSeconds?: number
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly ownerReferences?: readonly OwnerReference[]
  readonly finalizers?: readonly string[]
  readonly managedFields?: readonly unknown[]
}

/** What every object has, as raw JSON. */
export interface KubeObject {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ObjectMeta
}

/** Where an object is. An object's metadata is one. */
export interface ObjectRef {
  readonly name: string
  readonly namespace?: string
}

/** `namespace/name`, or `name` for objects without a namespace: the key of caches and queues. */
export function keyOf(object: KubeObject | ObjectRef): string {
  const { name, namespace } = 'metadata' in object ? object.metadata : object
  return namespace === undefined || namespace === '' ? name : `${namespace}/${name}`
}

/** The reverse of `keyOf`. */
export function refOf(key: string): ObjectRef {
  const slash = key.indexOf('/')
  return slash < 0 ? { name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) }
}

export interface OwnerReferenceOptions {
  /** Defaults to true: the one owner that manages the object. */
  readonly controller?: boolean
}

/**
 * A reference to an owner that was read from the API server.
 * @throws TypeError when the object has no kind, apiVersion or uid
 */
export function ownerReferenceTo(
  owner: KubeObject,
  options: OwnerReferenceOptions = {},
): OwnerReference {
  const { apiVersion, kind } = owner
  const { name, uid } = owner.metadata
  if (apiVersion === undefined || kind === undefined || uid === undefined) {
    throw new TypeError(`${keyOf(owner)} was not read from the API server: kind or uid is missing`)
  }
  const controller = options.controller ?? true
  return { apiVersion, kind, name, uid, controller, blockOwnerDeletion: true }
}
