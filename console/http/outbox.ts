import type { PodRow, SeriesPoint, StreamEvent, StreamEvents } from '../wire.ts'

/** Collects what is to be told, so that ten changes of one thing are told once. */
export interface Outbox {
  /** The newest under a key is what counts. */
  put<E extends 'cluster' | 'setGone' | 'appGone' | 'app' | 'notes' | 'ended'>(
    event: E,
    key: string,
    data: StreamEvents[E],
  ): void
  putRow<E extends 'sets' | 'apps'>(event: E, key: string, row: StreamEvents[E][number]): void
  putPods(told: {
    readonly upsert: readonly PodRow[]
    readonly gone: readonly string[]
    readonly complete?: true
  }): void
  putPoint(point: SeriesPoint): void
  /** The events since the last call, in an order that makes sense to the page. */
  take(): readonly Told[]
}

export type Told = { readonly [E in StreamEvent]: { event: E; data: StreamEvents[E] } }[StreamEvent]

export function createOutbox(): Outbox {
  let single = new Map<string, Told>()
  let rows = { sets: new Map<string, unknown>(), apps: new Map<string, unknown>() }
  let pods = new Map<string, PodRow>()
  let gone = new Set<string>()
  let complete = false
  let points: SeriesPoint[] = []
  return {
    put: (event, key, data) => {
      single.set(`${event} ${key}`, { event, data } as Told)
    },
    putRow: (event, key, row) => {
      rows[event].set(key, row)
    },
    putPods: (told) => {
      for (const row of told.upsert) {
        pods.set(row.key, row)
        gone.delete(row.key)
      }
      for (const key of told.gone) {
        pods.delete(key)
        gone.add(key)
      }
      complete ||= told.complete === true
    },
    putPoint: (point) => {
      points.push(point)
    },
    take: () => {
      const told: Told[] = [...single.values()]
      for (const event of ['sets', 'apps'] as const) {
        if (rows[event].size > 0) told.push({ event, data: [...rows[event].values()] } as Told)
      }
      if (pods.size > 0 || gone.size > 0 || complete) {
        const data = { upsert: [...pods.values()], gone: [...gone] }
        told.push({ event: 'pods', data: complete ? { ...data, complete } : data })
      }
      if (points.length > 0) told.push({ event: 'series', data: points })
      single = new Map()
      rows = { sets: new Map(), apps: new Map() }
      pods = new Map()
      gone = new Set()
      complete = false
      points = []
      return told
    },
  }
}
