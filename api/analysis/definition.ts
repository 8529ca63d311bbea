import { RE2JS } from 're2js'
import { parseCondition } from '../condition/index.ts'
import type { ConditionTree } from '../condition/index.ts'
import { durationMs, formatDuration } from '../duration.ts'
import type { Analysis, AnalysisMetric, ThresholdRange } from '../v1beta1/analysis.ts'
import { fillArguments } from './template.ts'

/** A metric with every default filled in and every text read. Times are milliseconds. */
export interface MetricDefinition {
  readonly name: string
  readonly intervalMs: number | undefined
  /** Undefined: as many as come until the rollout is over. */
  readonly count: number | undefined
  readonly initialDelayMs: number
  readonly success: ConditionTree | undefined
  readonly failure: ConditionTree | undefined
  readonly failureLimit: number
  readonly inconclusiveLimit: number
  readonly consecutiveErrorLimit: number
  readonly minSamples: number
  /** What `$window` stands for. */
  readonly window: string
  readonly dryRun: boolean
  readonly address: string | undefined
  /** With variables, without arguments. */
  readonly query: string
  readonly samplesQuery: string | undefined
  readonly timeoutMs: number
}

const DEFAULT_WINDOW = '1m'

/**
 * What an analysis says, ready for use. Errors: ConditionError, and what the regular expressions of
 * dryRun throw; validation has refused such a set unless it came past the webhook.
 */
export function defineMetrics(analysis: Analysis): readonly MetricDefinition[] {
  const { metrics = [], args = [], dryRun = [] } = analysis
  const values = new Map(args.map(({ name, value }) => [name, value]))
  const patterns = dryRun.map(({ metricName }) => RE2JS.compile(metricName))
  return metrics.map((metric) => {
    const isDry = patterns.some((pattern) => pattern.matcher(metric.name).find())
    return defineMetric(metric, values, isDry)
  })
}

function defineMetric(
  metric: AnalysisMetric,
  values: ReadonlyMap<string, string>,
  dryRun: boolean,
): MetricDefinition {
  const { query, samplesQuery, timeout = 10, address } = metric.provider.prometheus
  const { successCondition, failureCondition, thresholdRange } = metric
  const fill = (text: string): string => fillArguments(text, values)
  const read = (text: string | undefined): ConditionTree | undefined =>
    text === undefined ? undefined : parseCondition(fill(text))
  const intervalMs = metric.interval === undefined ? undefined : durationMs(metric.interval)
  const success = successCondition ?? rangeCondition(thresholdRange)
  return {
    name: metric.name,
    intervalMs,
    count: metric.count ?? (intervalMs === undefined ? 1 : undefined),
    initialDelayMs: durationMs(metric.initialDelay ?? '0s') ?? 0,
    success: read(success),
    failure: read(failureCondition),
    failureLimit: metric.failureLimit ?? 0,
    inconclusiveLimit: metric.inconclusiveLimit ?? 0,
    consecutiveErrorLimit: metric.consecutiveErrorLimit ?? 4,
    minSamples: metric.minSamples ?? 0,
    window:
      metric.window ?? (intervalMs === undefined ? DEFAULT_WINDOW : formatDuration(intervalMs)),
    dryRun,
    address,
    query: fill(query),
    samplesQuery: samplesQuery === undefined ? undefined : fill(samplesQuery),
    timeoutMs: timeout * 1000,
  }
}

/** The condition that a range is short for. */
export function rangeCondition(range: ThresholdRange | undefined): string | undefined {
  const { min, max } = range ?? {}
  const bounds = [
    ...(min === undefined ? [] : [`result >= ${min}`]),
    ...(max === undefined ? [] : [`result <= ${max}`]),
  ]
  return bounds.length === 0 ? undefined : bounds.join(' && ')
}
