import { alerts } from '../alerts/index.ts'
import { dashboards } from '../dashboards/index.ts'

/** An expression that somebody will see the result of, and where it stands. */
export interface ShippedQuery {
  readonly where: string
  readonly expr: string
}

export interface PanelQuery extends ShippedQuery {
  /** Its uid. */
  readonly dashboard: string
  /** Labels that its series are called by. */
  readonly named: readonly string[]
}

export const alertQueries: readonly ShippedQuery[] = alerts.map(({ name, expr }) => ({
  where: name,
  expr,
}))

/**
 * The queries of all panels, as Grafana asks them when everything is chosen.
 * @param rateInterval what Grafana would put in: four scrapes
 */
export function panelQueries(rateInterval: string): readonly PanelQuery[] {
  return dashboards.flatMap(({ uid, title, variables, rows }) =>
    rows.flatMap(({ title: row, panels }) =>
      panels.flatMap(({ title: panel, queries }) =>
        queries.map(({ expr, legend }) => ({
          dashboard: uid,
          named: [...legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label),
          where: `${title} / ${row} / ${panel} / ${legend}`,
          expr: variables.reduce(
            (text, { name }) => text.replaceAll(`$${name}`, '.*'),
            expr.replaceAll('$__rate_interval', rateInterval),
          ),
        })),
      ),
    ),
  )
}
