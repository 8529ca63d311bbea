import { measurementOutcomes, verdictNames } from '../../api/v1beta1/analysis.ts'
import { decimal, flag, integer, list, object, oneOf, optional, text } from '../output/shape.ts'
import type { ShapeOf } from '../output/shape.ts'

const latestShape = object('What was measured last.', {
  at: text('When, in RFC 3339.'),
  outcome: oneOf('What it counts as.', ...measurementOutcomes),
  value: optional(decimal('In pods of the new revision.')),
  threshold: optional(text('What the value was held against.')),
  message: optional(text('Why there is no data, or no answer.')),
})

const metricShape = object('A metric of an analysis.', {
  metric: text('Its name.'),
  step: optional(integer('Of the canary, counted from 1. Absent: it accompanies the rollout.')),
  verdict: oneOf('What has come of it so far.', ...verdictNames),
  sentence: text('Why.'),
  dryRun: flag('It is measured and decides nothing.'),
  latest: optional(latestShape),
  successful: integer('Measurements that were good.'),
  failed: integer('That were bad.'),
  inconclusive: integer('That were neither.'),
  noData: integer('That had no data.'),
  errors: integer('That got no answer.'),
  nextMeasurementAt: optional(text('When it is measured again, in RFC 3339.')),
})

const costShape = object('One number of the budget against what it may be.', {
  cost: text('Its field in updateStrategy.canary.analysis.budget.'),
  value: decimal('What the handovers have cost so far.'),
  threshold: optional(text('What it may be. Absent: anything.')),
})

const budgetShape = object('What the handovers of the rollout have cost.', {
  verdict: oneOf('What has come of it so far.', ...verdictNames),
  sentence: text('Why.'),
  handovers: integer('That the numbers are of.'),
  connections: integer('That old processes had when they were told to drain.'),
  costs: list('Each with its threshold.', costShape),
})

export const analysisShape = object('How the rollout is judged.', {
  revision: text('Hash of what is judged.'),
  budget: optional(budgetShape),
  metrics: list('Those that accompany the rollout, then those of the step.', metricShape),
})

export type AnalysisRow = ShapeOf<typeof analysisShape>
export type BudgetRow = ShapeOf<typeof budgetShape>
export type MetricRow = ShapeOf<typeof metricShape>
