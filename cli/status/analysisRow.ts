import type { StoredSidecarSet } from '../../api/v1beta1/kinds.ts'
import type { AnalysisRunStatus, MetricStatus } from '../../api/v1beta1/analysis.ts'
import { budgetCosts } from '../../operator/sidecarset/analysis/budgetCosts.ts'
import type { AnalysisRow, BudgetRow, MetricRow } from './analysisShape.ts'

/** How the rollout of a set is or was judged; undefined when nothing was. */
export function analysisRow(set: StoredSidecarSet): AnalysisRow | undefined {
  const { analysis } = set.status ?? {}
  if (analysis === undefined) return undefined
  const budget = budgetRow(set)
  return {
    revision: analysis.revision,
    ...(budget === undefined ? {} : { budget }),
    metrics: [analysis.background, analysis.step].flatMap(metricRows),
  }
}

function budgetRow({ spec, status = {} }: StoredSidecarSet): BudgetRow | undefined {
  const { analysis, updatedPods = 0 } = status
  const spent = analysis?.budget
  if (spent === undefined) return undefined
  const limits = spec.updateStrategy?.canary?.analysis?.budget ?? {}
  return {
    verdict: spent.verdict,
    sentence: spent.message,
    handovers: spent.handovers,
    connections: spent.connectionsAtDrain,
    costs: budgetCosts(limits, spent, updatedPods),
  }
}

function metricRows(run: AnalysisRunStatus | undefined): readonly MetricRow[] {
  return (run?.metrics ?? []).map((metric) => metricRow(metric, run?.step))
}

function metricRow(metric: MetricStatus, step: number | undefined): MetricRow {
  const { successful, failed, inconclusive, noData, errors, nextMeasurementAt } = metric
  const latest = metric.measurements.at(-1)
  return {
    metric: metric.name,
    ...(step === undefined ? {} : { step }),
    verdict: metric.verdict,
    sentence: metric.message,
    dryRun: metric.dryRun ?? false,
    ...(latest === undefined ? {} : { latest }),
    successful,
    failed,
    inconclusive,
    noData,
    errors,
    ...(nextMeasurementAt === undefined ? {} : { nextMeasurementAt }),
  }
}
