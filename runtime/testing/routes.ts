import type { ResourceKind } from '../client/kinds.ts'

/** What a path means. */
export interface Route {
  readonly kind: ResourceKind
  /** `group/plural`: the collection of the store. */
  readonly collection: string
  /** '' for cluster-scoped objects and for all namespaces. */
  readonly namespace: string
  /** '' for the collection itself. */
  readonly name: string
  readonly subresource: string
}

export function collectionOf(kind: ResourceKind): string {
  return `${kind.group}/${kind.plural}`
}

/** Understands `/api/v1/…` and `/apis/<group>/<version>/…`; undefined for anything unknown. */
export function parseRoute(
  path: string,
  kinds: ReadonlyMap<string, ResourceKind>,
): Route | undefined {
  const segments = path.split('/').slice(1).map(decodeURIComponent)
  const [root, ...rest] = segments
  const group = root === 'apis' ? rest.shift() : ''
  if ((root !== 'api' && root !== 'apis') || group === undefined) return undefined
  const version = rest.shift()
  // `namespaces/x` alone is the namespace object; with more behind it, a scope.
  const scoped = rest[0] === 'namespaces' && rest.length > 2 && rest[2] !== 'status'
  const namespace = scoped ? (rest[1] ?? '') : ''
  const [plural = '', name = '', subresource = ''] = scoped ? rest.slice(2) : rest
  const kind = kinds.get(`${group}/${plural}`)
  if (kind === undefined || kind.version !== version) return undefined
  return { kind, collection: collectionOf(kind), namespace, name, subresource }
}
