import type { JsonObject } from './json.ts'
import type { Route } from './routes.ts'
import { StatusError } from './statusError.ts'
import type { Store } from './store.ts'
import { selected } from './watches.ts'
import { keyOf, notFound } from './writes.ts'

export function readObject(store: Store, route: Route): JsonObject {
  const found = store.get(route.collection, keyOf(route.namespace, route.name))
  if (found === undefined) throw notFound(route)
  return found
}

/** A page of a list. As in a real one, the items lack apiVersion and kind. */
export function readPage(store: Store, route: Route, query: URLSearchParams): JsonObject {
  const limit = Number(query.get('limit') ?? '0')
  const after = parseContinue(query.get('continue') ?? '')
  if (after !== undefined && after.version < store.compactedVersion()) {
    throw new StatusError(410, 'Expired', 'The provided continue parameter is too old')
  }
  const found: (readonly [string, JsonObject])[] = []
  for (const entry of store.list(route.collection)) {
    if (entry[0] <= (after?.key ?? '') || !selected(entry[1], route, query)) continue
    found.push(entry)
    // One more than asked for tells that there is a next page.
    if (limit > 0 && found.length > limit) break
  }
  const page = limit > 0 ? found.slice(0, limit) : found
  const last = page.at(-1)
  const more = last !== undefined && found.length > page.length
  const version = after?.version ?? store.version()
  return {
    apiVersion: 'v1',
    kind: `${route.kind.kind}List`,
    metadata: {
      resourceVersion: String(version),
      ...(more ? { continue: continueAfter(version, last[0]) } : {}),
    },
    items: page.map(([, object]) => ({ ...object, apiVersion: undefined, kind: undefined })),
  }
}

function continueAfter(version: number, key: string): string {
  return Buffer.from(`${version} ${key}`).toString('base64url')
}

function parseContinue(
  token: string,
): { readonly version: number; readonly key: string } | undefined {
  if (token === '') return undefined
  const [version, key = ''] = Buffer.from(token, 'base64url').toString().split(' ')
  return { version: Number(version), key }
}
