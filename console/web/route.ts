/** What the page shows, as the part of its address after the #. */
export type Route =
  | { readonly page: 'fleet' }
  | { readonly page: 'set'; readonly cluster: string; readonly set: string }
  | {
      readonly page: 'app'
      readonly cluster: string
      readonly namespace: string
      readonly app: string
    }

const FLEET: Route = { page: 'fleet' }

/** Understands `#/set/CLUSTER/SET` and `#/app/CLUSTER/NAMESPACE/APP`; anything else is the fleet. */
export function parseRoute(hash: string): Route {
  const [page, cluster = '', one = '', two = ''] = hash.replace(/^#\/?/, '').split('/').map(decode)
  if (page === 'set' && cluster !== '' && one !== '') return { page, cluster, set: one }
  if (page === 'app' && cluster !== '' && two !== '') {
    return { page, cluster, namespace: one, app: two }
  }
  return FLEET
}

export function formatRoute(route: Route): string {
  if (route.page === 'fleet') return '#/'
  const parts =
    route.page === 'set'
      ? ['set', route.cluster, route.set]
      : ['app', route.cluster, route.namespace, route.app]
  return `#/${parts.map(encodeURIComponent).join('/')}`
}

/** The key that the printed address carries. */
export function keyOf(hash: string): string | undefined {
  return /^#key=([\w-]+)$/.exec(hash)?.[1]
}

/** The address of the stream for what is shown. */
export function streamPath(route: Route): string {
  if (route.page === 'fleet') return '/api/stream'
  const focus: Record<string, string> =
    route.page === 'set'
      ? { cluster: route.cluster, set: route.set }
      : { cluster: route.cluster, app: `${route.namespace}/${route.app}` }
  return `/api/stream?${new URLSearchParams(focus).toString()}`
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
