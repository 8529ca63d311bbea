/** Units as Grafana names them. */
export type Unit = 'short' | 's' | 'bytes' | 'ops' | 'percentunit'

/** PromQL and how its series are called: `{{label}}` stands for a label's value. */
export interface Query {
  readonly expr: string
  readonly legend: string
}

export interface Panel {
  readonly title: string
  /** What it shows and what is good, for whoever sees it at night. */
  readonly description: string
  /** Defaults to a plot over time. */
  readonly kind?: 'plot' | 'stat'
  /** Defaults to short. */
  readonly unit?: Unit
  readonly queries: readonly Query[]
}

export interface Row {
  readonly title: string
  readonly panels: readonly Panel[]
}

/** A label whose values can be chosen at the top; `$name` in expressions, several at a time. */
export interface Variable {
  readonly name: string
  readonly metric: string
  readonly label: string
}

/** A dashboard as data; grafana.ts makes of it what Grafana reads. */
export interface Dashboard {
  /** Stays the same for ever: links have it. */
  readonly uid: `baton-${string}`
  readonly title: string
  readonly description: string
  readonly variables: readonly Variable[]
  readonly rows: readonly Row[]
}

/** Half, nine of ten and 99 of a hundred, of a histogram summed over everything but `by`. */
export function quantiles(buckets: string): readonly Query[] {
  return [0.5, 0.9, 0.99].map((share) => ({
    expr: `histogram_quantile(${share}, sum by (le) (rate(${buckets}[$__rate_interval])))`,
    legend: `${share * 100} %`,
  }))
}
