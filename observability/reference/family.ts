/** What all series of one name have in common. */
export interface MetricFamily {
  readonly name: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly help: string
  /** In the order in which they are declared; without `le` of histograms. */
  readonly labels: readonly string[]
}
