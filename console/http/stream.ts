import type { Response } from 'express'
import type { Clock } from '../../runtime/clock/clock.ts'
import { followApp } from '../apps/followApp.ts'
import { appRow } from '../apps/appRow.ts'
import type { Change, ClusterWatch } from '../clusters/clusterWatch.ts'
import type { UserView } from '../clusters/userView.ts'
import { followPods } from '../sets/followPods.ts'
import type { SetView } from '../sets/setRow.ts'
import { setRow } from '../sets/setRow.ts'
import type { Refusal } from '../wire.ts'
import type { Outbox } from './outbox.ts'
import { createOutbox } from './outbox.ts'

/** What the page looks at beside the overview. */
export interface Focus {
  readonly cluster: string
  readonly set?: string
  /** namespace/name */
  readonly app?: string
}

export interface StreamOptions {
  readonly view: UserView
  readonly focus: Focus | undefined
  readonly readOnly: boolean
  readonly clock: Clock
  readonly agentMs: number
  /** Why the session is over, if it is. */
  readonly ended: () => Refusal | undefined
}

/** Changes are gathered for so long: a screen is not read faster. */
const GATHER_MS = 100
/** Proxies forget connections on which nothing comes. */
const HEARTBEAT_MS = 15_000
/** Of bytes that a reader has not taken: it hangs, and comes back when it can. */
const MOST_UNREAD = 32_000_000

/** Tells the page what it shows, as it happens, until the signal aborts or the reader leaves. */
export async function stream(
  response: Response,
  options: StreamOptions,
  signal: AbortSignal,
): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' })
  const outbox = createOutbox()
  const stop = new AbortController()
  const end = (): void => {
    stop.abort()
  }
  signal.addEventListener('abort', end, { once: true })
  response.on('close', end)
  const flush = (): void => {
    for (const { event, data } of outbox.take()) {
      response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
    }
    if (response.writableLength > MOST_UNREAD) response.destroy()
  }
  const undo = [...options.view.watches.entries()].map(([name, watch]) =>
    tellCluster(outbox, { ...options, name, watch }),
  )
  for (const row of options.view.strangers) outbox.put('cluster', row.cluster, row)
  flush()
  const gathering = setInterval(flush, GATHER_MS)
  const beating = setInterval(() => response.write(': still here\n\n'), HEARTBEAT_MS)
  try {
    await Promise.all([
      follow(outbox, options, stop.signal),
      new Promise<void>((resolve) => {
        stop.signal.addEventListener('abort', () => {
          resolve()
        })
      }),
    ])
  } finally {
    clearInterval(gathering)
    clearInterval(beating)
    for (const one of undo) one()
    signal.removeEventListener('abort', end)
    const why = options.ended()
    if (why !== undefined) outbox.put('ended', '', why)
    flush()
    response.end()
  }
}

interface OneCluster extends StreamOptions {
  readonly name: string
  readonly watch: ClusterWatch
}

/** Tells all there is of a cluster, then each change. Gives the unsubscribe. */
function tellCluster(outbox: Outbox, { name, watch, readOnly }: OneCluster): () => void {
  const view = (): SetView => ({ cluster: name, can: watch.row().can, readOnly })
  const tellSet = (key: string): void => {
    const set = watch.set(key)
    if (set === undefined) outbox.put('setGone', `${name}/${key}`, { cluster: name, set: key })
    else outbox.putRow('sets', `${name}/${key}`, setRow(set, view()))
  }
  const tellApp = (key: string): void => {
    const app = watch.app(key)
    const [namespace = '', one = ''] = key.split('/')
    if (app === undefined)
      outbox.put('appGone', `${name}/${key}`, { cluster: name, namespace, app: one })
    else outbox.putRow('apps', `${name}/${key}`, appRow(app, view()))
  }
  const tellAll = (): void => {
    outbox.put('cluster', name, watch.row())
    for (const { metadata } of watch.sets()) tellSet(metadata.name)
    for (const { metadata } of watch.apps()) tellApp(`${metadata.namespace}/${metadata.name}`)
  }
  tellAll()
  let can = watch.row().can
  return watch.onChange((change: Change) => {
    if (change.kind === 'set') tellSet(change.key)
    else if (change.kind === 'app') tellApp(change.key)
    else {
      const row = watch.row()
      // Rights decide what is offered in each row.
      if (row.can === can) outbox.put('cluster', name, row)
      else tellAll()
      ;({ can } = row)
    }
  })
}

async function follow(
  outbox: Outbox,
  { view, focus, readOnly, clock, agentMs }: StreamOptions,
  signal: AbortSignal,
): Promise<void> {
  if (focus === undefined) return
  const watch = view.watches.get(focus.cluster)
  if (watch === undefined) return
  const { cluster } = watch
  const name = focus.cluster
  const onNotes = (notes: readonly string[]): void => {
    outbox.put('notes', '', notes)
  }
  if (focus.app !== undefined) {
    const key = focus.app
    await followApp(
      {
        cluster,
        object: () => watch.app(key),
        view: () => ({ cluster: name, can: watch.row().can, readOnly }),
        clock,
        pollMs: agentMs,
        onApp: (row) => {
          outbox.put('app', key, row)
        },
        onNotes,
      },
      signal,
    )
    return
  }
  const wanted = focus.set ?? ''
  const set = await firstSight(watch, wanted, signal)
  if (set === undefined) return
  const series = view.series(name, wanted)
  for (const point of series.points()) outbox.putPoint(point)
  let left = 0
  const sample = (): void => {
    const { handover } = watch.set(wanted)?.status ?? {}
    const drained = handover?.connectionsDrained ?? 0
    const point = { at: clock.now(), left, drained, cut: handover?.connectionsCut ?? 0 }
    if (series.add(point)) outbox.putPoint(point)
  }
  sample()
  const sampling = setInterval(sample, 1_000)
  const { can } = watch.row()
  if (!can.listPods) onNotes(['you may not list pods there, so none is shown'])
  try {
    await followPods(
      {
        cluster,
        set,
        clock,
        asksAgents: can.askAgents,
        agentMs,
        onPods: (told) => {
          outbox.putPods(told)
        },
        onLeft: (now) => {
          left = now
          sample()
        },
        onNotes,
      },
      can.listPods ? signal : AbortSignal.abort(),
    )
  } finally {
    clearInterval(sampling)
  }
}

/** The set once it is known; undefined when the reader leaves before. */
async function firstSight(watch: ClusterWatch, name: string, signal: AbortSignal) {
  const present = watch.set(name)
  if (present !== undefined) return present
  const seen = Promise.withResolvers<undefined>()
  const undo = watch.onChange(() => {
    if (watch.set(name) !== undefined) seen.resolve(undefined)
  })
  signal.addEventListener(
    'abort',
    () => {
      seen.resolve(undefined)
    },
    { once: true },
  )
  await seen.promise
  undo()
  return watch.set(name)
}
