import type { ResourceKind } from './kinds.ts'
import type { ObjectRef } from './objects.ts'

/** The path of a kind's collection: of one namespace, or (none given) of all. */
export function collectionPath(kind: ResourceKind, namespace?: string): string {
  const root = kind.group === '' ? `/api/${kind.version}` : `/apis/${kind.group}/${kind.version}`
  const scope =
    kind.namespaced && namespace !== undefined && namespace !== ''
      ? `/namespaces/${encodeURIComponent(namespace)}`
      : ''
  return `${root}${scope}/${kind.plural}`
}

/**
 * The path of an object or of a subresource of it.
 * @throws TypeError when a namespaced object is named without its namespace
 */
export function objectPath(kind: ResourceKind, ref: ObjectRef, subresource?: string): string {
  if (kind.namespaced && (ref.namespace === undefined || ref.namespace === '')) {
    throw new TypeError(`${kind.kind} ${ref.name}: a namespaced object needs a namespace`)
  }
  const path = `${collectionPath(kind, ref.namespace)}/${encodeURIComponent(ref.name)}`
  return subresource === undefined ? path : `${path}/${subresource}`
}
