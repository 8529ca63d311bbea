import type { IntOrPercent } from './sidecarset.ts'

/** A length of time as Go writes it: 30s, 5m, 1h30m. */
export type Duration = string

/** The bounds of a good value, both of them good: Flagger's short form of a condition. */
export interface ThresholdRange {
  readonly min?: number
  readonly max?: number
}

export interface PrometheusProvider {
  /** Such as http://prometheus.monitoring:9090. Defaults to the installation's. */
  readonly address?: string
  /** PromQL, with the variables of analyses. */
  readonly query: string
  /** PromQL for the number of samples (requests, say) that the query's result rests on. */
  readonly samplesQuery?: string
  /** Seconds that an answer may take. Defaults to 10. */
  readonly timeout?: number
}

/** One thing that is measured again and again, with the names of Argo Rollouts. */
export interface AnalysisMetric {
  readonly name: string
  /** Between two measurements. */
  readonly interval?: Duration
  /** Measurements with data that are needed. Defaults to 1; with an interval to as many as come. */
  readonly count?: number
  readonly initialDelay?: Duration
  readonly successCondition?: string
  readonly failureCondition?: string
  /** Instead of conditions. */
  readonly thresholdRange?: ThresholdRange
  /** More failed measurements than this fail the analysis. Defaults to 0. */
  readonly failureLimit?: number
  /** More inconclusive measurements than this pause the rollout. Defaults to 0. */
  readonly inconclusiveLimit?: number
  /** More failures in a row to get an answer than this pause the rollout. Defaults to 4. */
  readonly consecutiveErrorLimit?: number
  /** With fewer samples a measurement is none. Needs samplesQuery. */
  readonly minSamples?: number
  /** What `$window` stands for. Defaults to the interval, without one to 1m. */
  readonly window?: Duration
  readonly provider: { readonly prometheus: PrometheusProvider }
}

/** A value for `{{args.name}}` in queries and conditions. */
export interface AnalysisArgument {
  readonly name: string
  readonly value: string
}

export interface Analysis {
  readonly metrics?: readonly AnalysisMetric[]
  readonly args?: readonly AnalysisArgument[]
  /** Metrics that are measured and told of, and decide nothing. A regular expression for names. */
  readonly dryRun?: readonly { readonly metricName: string }[]
}

/** What the handovers of a rollout may cost, by the agents' own numbers. */
export interface HandoverBudget {
  /** Defaults to true. */
  readonly enabled?: boolean
  /**
   * Connections of old processes that were cut for another reason than maxSeconds: a number, or a
   * percentage of all that there were. Percentages round up. Defaults to 1%.
   */
  readonly connectionsCut?: IntOrPercent
  /** The same for those that were cut when maxSeconds was over. Absent: any number. */
  readonly connectionsCutAtMaxSeconds?: IntOrPercent
  /** Connections that the kernel dropped at listeners, per handover on average. Defaults to 10. */
  readonly listenDrops?: number
  /** Connections that were reset, per handover on average. Absent: any number. */
  readonly resets?: number
  /** The longest from the start of a handover until the new process serves. Absent: any. */
  readonly handoverSeconds?: number
  /** Upgraded pods in which the sidecar is not ready for 30 s: a number or a percentage. Defaults to 0. */
  readonly podsNotReady?: IntOrPercent
}

/** What accompanies a whole rollout. */
export interface BackgroundAnalysis extends Analysis {
  readonly budget?: HandoverBudget
}

export const verdictNames = [
  'Running',
  'Passed',
  'Failed',
  'Inconclusive',
  'NoData',
  'ProviderAway',
] as const
export type VerdictName = (typeof verdictNames)[number]

export const measurementOutcomes = [
  'Successful',
  'Failed',
  'Inconclusive',
  'NoData',
  'Error',
] as const
export type MeasurementOutcome = (typeof measurementOutcomes)[number]

export interface Measurement {
  readonly at: string
  readonly outcome: MeasurementOutcome
  /** In pods of the new revision: the deciding side of a comparison, else the first series. */
  readonly value?: number
  /** What the value was held against. */
  readonly threshold?: string
  /** Why there is no data, or no answer. */
  readonly message?: string
}

export interface MetricStatus {
  readonly name: string
  readonly verdict: VerdictName
  readonly message: string
  readonly dryRun?: boolean
  /** As it was sent last; long ones are cut. */
  readonly query?: string
  readonly successful: number
  readonly failed: number
  readonly inconclusive: number
  readonly noData: number
  readonly errors: number
  readonly consecutiveErrors: number
  readonly nextMeasurementAt?: string
  /** The last ten, the newest last. */
  readonly measurements: readonly Measurement[]
}

export interface AnalysisRunStatus {
  readonly startedAt: string
  /** Step of the canary, counted from 1. Absent: the analysis accompanies the whole rollout. */
  readonly step?: number
  /** Fingerprint of what is measured: a changed analysis begins again. */
  readonly definition: string
  readonly metrics: readonly MetricStatus[]
}

export interface BudgetStatus {
  readonly verdict: VerdictName
  readonly message: string
  /** Handovers that the numbers are of. */
  readonly handovers: number
  readonly connectionsAtDrain: number
  readonly connectionsCut: number
  readonly connectionsCutAtMaxSeconds: number
  readonly listenDrops: number
  readonly resets: number
  readonly longestHandoverSeconds: number
  readonly podsNotReady: number
  readonly notReadySince?: string
}

/** The analyses of one rollout. */
export interface AnalysisStatus {
  readonly revision: string
  /** The same revision tried again later is another rollout. */
  readonly number: number
  readonly budget?: BudgetStatus
  readonly background?: AnalysisRunStatus
  readonly step?: AnalysisRunStatus
}
