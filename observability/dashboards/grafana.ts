import type { Dashboard, Panel, Row, Variable } from './dashboard.ts'

/** Grafana's grid has 24 columns; three panels a row can be read on a laptop. */
const COLUMNS = 24
const WIDTH = 8
const HEIGHT = 8

/** Whoever looks chooses the Prometheus. */
const DATASOURCE = { type: 'prometheus', uid: '${datasource}' } as const

/** The JSON that Grafana imports; the same data give the same text. */
export function grafanaJson(dashboard: Dashboard): object {
  const { uid, title, description, variables, rows } = dashboard
  return {
    uid,
    title,
    description,
    tags: ['baton'],
    // The oldest form that Grafana reads without a migration since version 10.
    schemaVersion: 38,
    editable: true,
    graphTooltip: 1,
    refresh: '30s',
    time: { from: 'now-1h', to: 'now' },
    timezone: 'browser',
    links: [{ type: 'dashboards', title: 'Baton', tags: ['baton'], asDropdown: true }],
    templating: { list: [chooseDatasource, ...variables.map(templating)] },
    panels: numbered(rows.flatMap(panelsOf(rows))),
  }
}

const chooseDatasource = {
  name: 'datasource',
  label: 'Prometheus',
  type: 'datasource',
  query: 'prometheus',
}

function templating({ name, metric, label }: Variable): object {
  const query = `label_values(${metric}, ${label})`
  return {
    name,
    type: 'query',
    datasource: DATASOURCE,
    query: { query, refId: name },
    definition: query,
    refresh: 2,
    sort: 1,
    multi: true,
    includeAll: true,
    allValue: '.*',
    current: { text: 'All', value: '$__all' },
  }
}

/** A row is a heading of height 1, with its panels below. */
function panelsOf(rows: readonly Row[]) {
  return ({ title, panels }: Row, index: number): readonly object[] => {
    const top = rows.slice(0, index).reduce((y, row) => y + heightOf(row), 0)
    return [
      { type: 'row', title, collapsed: false, panels: [], gridPos: at(0, top, COLUMNS, 1) },
      ...panels.map((panel, place) => {
        const x = (place * WIDTH) % COLUMNS
        const y = top + 1 + Math.floor((place * WIDTH) / COLUMNS) * HEIGHT
        return { ...drawn(panel), gridPos: at(x, y, WIDTH, HEIGHT) }
      }),
    ]
  }
}

function heightOf({ panels }: Row): number {
  return 1 + Math.ceil((panels.length * WIDTH) / COLUMNS) * HEIGHT
}

function at(x: number, y: number, w: number, h: number): object {
  return { x, y, w, h }
}

function numbered(panels: readonly object[]): readonly object[] {
  return panels.map((panel, index) => ({ id: index + 1, ...panel }))
}

function drawn({ title, description, kind = 'plot', unit = 'short', queries }: Panel): object {
  return {
    type: kind === 'plot' ? 'timeseries' : 'stat',
    title,
    description,
    datasource: DATASOURCE,
    targets: queries.map(({ expr, legend }, index) => ({
      refId: String.fromCodePoint(0x41 + index),
      datasource: DATASOURCE,
      expr,
      legendFormat: legend,
      ...(kind === 'stat' ? { instant: true, range: false } : { range: true }),
    })),
    fieldConfig: {
      defaults: {
        unit,
        ...(kind === 'plot' ? { custom: { fillOpacity: 10, showPoints: 'never' } } : {}),
      },
      overrides: [],
    },
    options:
      kind === 'plot'
        ? {
            legend: { displayMode: 'list', placement: 'bottom' },
            tooltip: { mode: 'multi', sort: 'desc' },
          }
        : { reduceOptions: { calcs: ['lastNotNull'] }, textMode: 'value_and_name' },
  }
}
