import type { PrometheusApi } from './prometheusApi.ts'
import { panelQueries } from './queries.ts'

export interface PanelsOptions {
  /** Dashboards, by uid. Defaults to all. */
  readonly uids?: readonly string[]
  /** What Grafana would fill in, such as `1m`. */
  readonly rateInterval: string
  /** Seconds since the epoch. */
  readonly since: number
}

/** What people would not see: queries without any number, and series without a label of their name. */
export async function emptyPanels(
  api: PrometheusApi,
  { uids, rateInterval, since }: PanelsOptions,
): Promise<readonly string[]> {
  const empty: string[] = []
  for (const { dashboard, where, expr, named } of panelQueries(rateInterval)) {
    if (uids?.includes(dashboard) === false) continue
    const samples = await api.range(expr, since)
    if (samples.every(({ values }) => values.length === 0)) empty.push(`${where}: ${expr}`)
    const nameless = named.filter((label) => samples.some(({ labels }) => !(label in labels)))
    empty.push(...nameless.map((label) => `${where}: series without ${label}`))
  }
  return empty
}
