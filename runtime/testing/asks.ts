import type { RecordedRequest } from './apiserver.ts'

/** What the API server's authorizer would be asked about a request. */
export interface Ask {
  readonly group: string
  /** With its subresource: `pods/status`. */
  readonly resource: string
  /** '' for cluster kinds and for all namespaces at once. */
  readonly namespace: string
  /** '' when the request names no object. */
  readonly name: string
  readonly verb: string
}

/**
 * The questions that requests raise, in order. A server-side apply to an object that is neither in
 * `existing` (its paths) nor created by an earlier request asks for create as well.
 */
export function asksOf(
  requests: readonly RecordedRequest[],
  existing: readonly string[],
): readonly Ask[] {
  const known = new Set(existing)
  return requests.flatMap((request) => {
    const asks = asksOfOne(request, (path) => known.has(path))
    const { method, path } = request
    if (method === 'POST') known.add(`${path}/${nameInBody(request)}`)
    else if (appliesIn(request)) known.add(path)
    return asks
  })
}

/** The questions that one request raises. */
export function asksOfOne(
  request: RecordedRequest,
  exists: (path: string) => boolean,
): readonly Ask[] {
  const target = targetOf(request)
  if (target === undefined) return []
  const ask = { ...target, verb: verbOf(request, target.name) }
  return appliesIn(request) && !exists(request.path) ? [ask, { ...ask, verb: 'create' }] : [ask]
}

/** A sentence like `patch pods/status a in default`. */
export function describeAsk({ verb, group, resource, namespace, name }: Ask): string {
  const place = namespace === '' ? 'of the cluster' : `in ${namespace}`
  return `${verb} ${group === '' ? '' : `${group}/`}${resource} ${name} ${place}`
}

function appliesIn({ headers }: RecordedRequest): boolean {
  return headers['content-type'] === 'application/apply-patch+yaml'
}

function verbOf({ method, query }: RecordedRequest, name: string): string {
  if (method === 'POST') return 'create'
  if (method !== 'GET') return method.toLowerCase()
  if (query['watch'] === 'true') return 'watch'
  return name === '' || query['fieldSelector'] !== undefined ? 'list' : 'get'
}

/** `/api/v1/…` or `/apis/<group>/<version>/…`, then maybe `namespaces/<name>/`. */
const resourcePath =
  /^\/(?:api|apis\/(?<group>[^/]+))\/v\w+\/(?:namespaces\/(?<namespace>[^/]+)\/)?(?<plural>[^/]+)(?:\/(?<name>[^/]+))?(?:\/(?<subresource>[^/]+))?$/
const byName = /^metadata\.name=(?<name>.+)$/

function targetOf({ path, query }: RecordedRequest): Omit<Ask, 'verb'> | undefined {
  const found = resourcePath.exec(path)?.groups
  if (found === undefined) return undefined
  const { group = '', namespace = '', plural = '', subresource } = found
  // As the API server does it: a list or watch of one name is authorized by that name.
  const selected = byName.exec(query['fieldSelector'] ?? '')?.groups?.['name']
  return {
    group,
    namespace,
    resource: subresource === undefined ? plural : `${plural}/${subresource}`,
    name: found['name'] ?? selected ?? '',
  }
}

function nameInBody({ body }: RecordedRequest): string {
  return (body as { readonly metadata?: { readonly name?: string } }).metadata?.name ?? ''
}
