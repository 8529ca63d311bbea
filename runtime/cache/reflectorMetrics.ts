import { createMetrics } from '../metrics/metrics.ts'
import type { Metrics } from '../metrics/metrics.ts'

export interface ReflectorMetrics {
  listed(): void
  watched(): void
}

/** The metrics of one reflector, under the names client-go had for them. */
export function createReflectorMetrics(
  name: string,
  read: { readonly ageSeconds: () => number; readonly items: () => number },
  metrics: Metrics = createMetrics(),
): ReflectorMetrics {
  const labelNames = ['name'] as const
  const lists = metrics.counter({
    name: 'reflector_lists_total',
    help: 'LISTs begun, by informer. More than one means that history was lost.',
    labelNames,
  })
  const watches = metrics.counter({
    name: 'reflector_watches_total',
    help: 'WATCHes begun, by informer.',
    labelNames,
  })
  const age = metrics.gauge({
    name: 'reflector_last_event_age_seconds',
    help: 'Time since the server was last heard (event, bookmark or list), by informer.',
    labelNames,
  })
  const items = metrics.gauge({
    name: 'reflector_items',
    help: 'Objects in the cache, by informer.',
    labelNames,
  })
  lists.inc({ name }, 0)
  watches.inc({ name }, 0)
  metrics.beforeScrape(() => {
    age.set({ name }, read.ageSeconds())
    items.set({ name }, read.items())
  })
  return {
    listed: () => {
      lists.inc({ name })
    },
    watched: () => {
      watches.inc({ name })
    },
  }
}
