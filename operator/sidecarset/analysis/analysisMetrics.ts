import { measurementOutcomes, verdictNames } from '../../../api/v1beta1/analysis.ts'
import type {
  AnalysisStatus,
  BudgetStatus,
  MeasurementOutcome,
  MetricStatus,
} from '../../../api/v1beta1/analysis.ts'
import type { Metrics } from '../../../runtime/metrics/metrics.ts'
import { permissionOf } from './verdict.ts'
import type { RolloutVerdicts } from './verdict.ts'

/** What is measured in rollouts, for dashboards and alerts. */
export interface AnalysisMetrics {
  update(set: string, status: AnalysisStatus | undefined, verdicts: RolloutVerdicts): void
  /** The set is gone: its series end. */
  remove(set: string): void
}

const COUNTS: Readonly<Record<MeasurementOutcome, keyof MetricStatus>> = {
  Successful: 'successful',
  Failed: 'failed',
  Inconclusive: 'inconclusive',
  NoData: 'noData',
  Error: 'errors',
}

/** What the budget is held against, by the names of the status. */
const COSTS = [
  'handovers',
  'connectionsAtDrain',
  'connectionsCut',
  'connectionsCutAtMaxSeconds',
  'listenDrops',
  'resets',
  'podsNotReady',
] as const satisfies readonly (keyof BudgetStatus)[]

const PERMISSIONS = ['proceed', 'hold', 'wait', 'pause', 'abort'] as const

/** Series of the metrics of a set end when the metrics do: names of metrics are those of the spec. */
export function createAnalysisMetrics(metrics: Metrics): AnalysisMetrics {
  const labelNames = ['sidecarset', 'scope', 'metric'] as const
  const value = metrics.gauge({
    name: 'baton_sidecarset_analysis_value',
    help: 'What a metric of an analysis was measured to be last.',
    labelNames,
  })
  const threshold = metrics.gauge({
    name: 'baton_sidecarset_analysis_threshold',
    help: 'The number that the value was held against last.',
    labelNames,
  })
  const measurements = metrics.gauge({
    name: 'baton_sidecarset_analysis_measurements',
    help: 'Measurements of a metric in the present analysis, by outcome.',
    labelNames: [...labelNames, 'outcome'],
  })
  const verdict = metrics.gauge({
    name: 'baton_sidecarset_analysis_verdict',
    help: '1 for what a metric of an analysis has come to, 0 for what it has not.',
    labelNames: [...labelNames, 'verdict'],
  })
  const permission = metrics.gauge({
    name: 'baton_sidecarset_analysis_permission',
    help: '1 for what the analyses let a rollout do, 0 for the rest.',
    labelNames: ['sidecarset', 'permission'],
  })
  const costs = metrics.gauge({
    name: 'baton_sidecarset_rollout_costs',
    help: 'What the handovers of the present rollout cost so far, as its budget counts; 0 without one.',
    labelNames: ['sidecarset', 'cost'],
  })
  const longest = metrics.gauge({
    name: 'baton_sidecarset_rollout_longest_handover_seconds',
    help: 'The longest handover of the present rollout; 0 without one.',
    labelNames: ['sidecarset'],
  })
  const known = new Map<string, readonly Labels[]>()

  function set(labels: Labels, status: MetricStatus): void {
    const last = status.measurements.findLast((one) => one.value !== undefined)
    const wanted = Number(last?.threshold?.split(' ').at(-1))
    if (last?.value !== undefined) value.set(labels, last.value)
    if (Number.isFinite(wanted)) threshold.set(labels, wanted)
    for (const outcome of measurementOutcomes) {
      measurements.set({ ...labels, outcome }, Number(status[COUNTS[outcome]]))
    }
    for (const name of verdictNames) {
      verdict.set({ ...labels, verdict: name }, name === status.verdict ? 1 : 0)
    }
  }

  function end(labels: Labels): void {
    value.remove(labels)
    threshold.remove(labels)
    for (const outcome of measurementOutcomes) measurements.remove({ ...labels, outcome })
    for (const name of verdictNames) verdict.remove({ ...labels, verdict: name })
  }

  function endAllBut(sidecarset: string, kept: readonly Labels[]): void {
    const isKept = ({ scope, metric }: Labels): boolean =>
      kept.some((one) => one.scope === scope && one.metric === metric)
    for (const labels of known.get(sidecarset) ?? []) if (!isKept(labels)) end(labels)
  }

  return {
    update: (sidecarset, status, verdicts) => {
      const scopes = ['background', 'step'] as const
      const present = scopes.flatMap((scope) =>
        (status?.[scope]?.metrics ?? []).map((metric) => ({ scope, metric })),
      )
      const labels = present.map(({ scope, metric }) => ({
        sidecarset,
        scope,
        metric: metric.name,
      }))
      endAllBut(sidecarset, labels)
      known.set(sidecarset, labels)
      for (const { scope, metric } of present) {
        set({ sidecarset, scope, metric: metric.name }, metric)
      }
      const { budget } = status ?? {}
      for (const cost of COSTS) costs.set({ sidecarset, cost }, budget?.[cost] ?? 0)
      longest.set({ sidecarset }, budget?.longestHandoverSeconds ?? 0)
      const { kind } = permissionOf(verdicts)
      for (const one of PERMISSIONS) {
        permission.set({ sidecarset, permission: one }, one === kind ? 1 : 0)
      }
    },
    remove: (sidecarset) => {
      endAllBut(sidecarset, [])
      known.delete(sidecarset)
      for (const one of PERMISSIONS) permission.remove({ sidecarset, permission: one })
      for (const cost of COSTS) costs.remove({ sidecarset, cost })
      longest.remove({ sidecarset })
    },
  }
}

interface Labels {
  readonly sidecarset: string
  readonly scope: 'background' | 'step'
  readonly metric: string
}
