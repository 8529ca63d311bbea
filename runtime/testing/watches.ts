import type { ServerResponse } from 'node:http'
import type { JsonObject } from './json.ts'
import { childOf, textOf } from './json.ts'
import type { Route } from './routes.ts'
import { matches } from './selectors.ts'
import { StatusError } from './statusError.ts'
import type { Change, ChangeType, Store } from './store.ts'

/**
 * `repeat`: every event comes twice. `shuffle`: those of a few milliseconds come in any order. What is
 * held back comes before a link is cut.
 */
export type Disturbance = 'none' | 'repeat' | 'shuffle'

const SHUFFLED_MS = 15

/** The open watches of a server. */
export interface Watches {
  open(route: Route, query: URLSearchParams, response: ServerResponse): void
  /** Cuts all connections, as a dying server does. */
  drop(): void
  /** Half-dead links: the connections stay, nothing comes any more. Of one collection, or of all. */
  stall(on: boolean, collection?: string): void
  disturb(how: Disturbance): void
  count(): number
}

export function createWatches(store: Store, bookmarkIntervalMs: number): Watches {
  const open = new Set<ServerResponse>()
  let stalled: { readonly collection: string | undefined } | undefined
  let disturbance: Disturbance = 'none'
  const flushes = new Set<() => void>()

  const watch = (route: Route, query: URLSearchParams, response: ServerResponse): void => {
    const send = (event: object): void => {
      const isStalled =
        stalled !== undefined && (stalled.collection ?? route.collection) === route.collection
      if (!isStalled && !response.destroyed) response.write(`${JSON.stringify(event)}\n`)
    }
    const wanted = query.get('resourceVersion') ?? ''
    const since = wanted === '' || wanted === '0' ? store.version() : Number(wanted)
    if (since < store.compactedVersion()) {
      const gone = new StatusError(410, 'Expired', `too old resource version: ${since}`)
      response.end(`${JSON.stringify({ type: 'ERROR', object: gone.toJson() })}\n`)
      return
    }
    const heldBack: object[] = []
    const flush = (): void => {
      const events = heldBack.splice(0)
      for (const event of events.sort(() => Math.random() - 0.5)) send(event)
    }
    const deliver = (change: Change): void => {
      const type = seenAs(change, route, query)
      if (type === undefined) return
      const event = { type, object: change.after }
      if (disturbance === 'shuffle') {
        heldBack.push(event)
        if (heldBack.length === 1) setTimeout(flush, SHUFFLED_MS)
        return
      }
      flush()
      send(event)
      if (disturbance === 'repeat') send(event)
    }
    flushes.add(flush)
    response.flushHeaders()
    for (const change of store.changesSince(since)) deliver(change)
    const unsubscribe = store.onChange(deliver)
    const bookmarks = setInterval(() => {
      flush()
      const metadata = { resourceVersion: String(store.version()) }
      send({ type: 'BOOKMARK', object: { kind: route.kind.kind, metadata } })
    }, bookmarkIntervalMs)
    const timeoutMs = Number(query.get('timeoutSeconds') ?? '300') * 1000
    const timeout = setTimeout(() => response.end(), timeoutMs)
    open.add(response)
    response.on('close', () => {
      flushes.delete(flush)
      open.delete(response)
      unsubscribe()
      clearInterval(bookmarks)
      clearTimeout(timeout)
    })
  }

  return {
    open: watch,
    drop: () => {
      for (const flush of flushes) flush()
      for (const response of open) response.destroy()
    },
    stall: (on, collection) => {
      stalled = on ? { collection } : undefined
    },
    disturb: (how) => {
      disturbance = how
    },
    count: () => open.size,
  }
}

/** As what a watch with these selectors sees a change: an object may come into or leave its view. */
function seenAs(change: Change, route: Route, query: URLSearchParams): ChangeType | undefined {
  if (change.collection !== route.collection) return undefined
  const sees = (object: JsonObject | undefined): boolean =>
    object !== undefined && selected(object, route, query)
  const before = sees(change.before)
  const after = change.type !== 'DELETED' && sees(change.after)
  if (before) return after ? 'MODIFIED' : 'DELETED'
  return after ? 'ADDED' : undefined
}

/** Is an object in the view of a list or watch? */
export function selected(object: JsonObject, route: Route, query: URLSearchParams): boolean {
  const namespace = textOf(childOf(object, 'metadata'), 'namespace')
  if (route.namespace !== '' && namespace !== route.namespace) return false
  return matches(object, query.get('labelSelector') ?? '', query.get('fieldSelector') ?? '')
}
