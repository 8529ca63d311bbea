import type { AnalysisRow, BudgetRow, MetricRow } from './analysisShape.ts'

/** Lines below the header of a set: each number with what it is held against. */
export function analysisLines({ budget, metrics }: AnalysisRow): readonly string[] {
  return [...(budget === undefined ? [] : [budgetLine(budget)]), ...metrics.map(metricLine)]
}

function budgetLine({ verdict, costs, handovers }: BudgetRow): string {
  const limited = costs.filter(({ threshold, value }) => threshold !== undefined || value > 0)
  const shown = limited.map(({ cost, value, threshold }) => `${cost} ${against(value, threshold)}`)
  return `  budget      ${verdict} after ${handovers} handovers: ${shown.join(', ')}`
}

function metricLine(row: MetricRow): string {
  const { metric, step, verdict, sentence, dryRun, latest } = row
  const of = step === undefined ? '' : ` of step ${step}`
  const seen =
    latest?.value === undefined
      ? (latest?.message ?? sentence)
      : `${against(latest.value, latest.threshold)} (${latest.outcome} at ${latest.at})`
  const { successful, failed, inconclusive, noData, errors } = row
  const counts = { good: successful, bad: failed, unsure: inconclusive, 'no data': noData, errors }
  const told = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${count} ${name}`)
  const soFar = told.length === 0 ? '' : `; so far ${told.join(', ')}`
  return `  metric      ${metric}${of}${dryRun ? ' (dry run)' : ''}  ${verdict}: ${seen}${soFar}`
}

/** `0.004 < 0.01`: the value, and what it shall be. */
function against(value: number, threshold: string | undefined): string {
  return threshold === undefined ? String(value) : `${value}, wanted ${threshold}`
}
