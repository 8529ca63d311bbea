import type { LabelSet, PrometheusApi } from './prometheusApi.ts'
import { askedBy } from './selectors.ts'

/**
 * What an expression asks for that no scraped series has: a metric, a label, or a value of a label.
 * promtool cannot see this, for it is given series by whoever wrote the expression.
 */
export async function unknownIn(api: PrometheusApi, expr: string): Promise<readonly string[]> {
  const { selectors, labels } = askedBy(expr)
  const seen = new Set<string>()
  const unknown: string[] = []
  for (const { metric, matchers } of selectors) {
    const series = await api.series(metric)
    for (const label of series.flatMap((one) => Object.keys(one))) seen.add(label)
    if (series.length === 0) unknown.push(metric)
    else {
      for (const { label, values } of matchers) {
        unknown.push(...missing(series, label, values).map((what) => `${metric}{${what}}`))
      }
    }
  }
  return [...unknown, ...labels.filter((label) => !seen.has(label))]
}

function missing(
  series: readonly LabelSet[],
  label: string,
  values: readonly string[],
): readonly string[] {
  const found = new Set(series.map((one) => one[label]))
  // Each of them has the label, or another metric of the same name is meant.
  if ([...found].every((value) => value === undefined)) return [label]
  return values.filter((value) => !found.has(value)).map((value) => `${label}="${value}"`)
}
