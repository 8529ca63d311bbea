import { RE2JS } from 're2js'
import {
  fillArguments,
  queryVariables,
  rangeCondition,
  referencesOf,
  variablesOf,
} from '../analysis/index.ts'
import { ConditionError, mentionsStable, parseCondition } from '../condition/index.ts'
import { durationMs } from '../duration.ts'
import type { Analysis, AnalysisMetric } from '../v1beta1/analysis.ts'
import type { Violation } from './violation.ts'
import { wholeNumberViolations } from './wholeNumber.ts'

/** Each has series of its own in the operator's metrics, and its place in the status. */
const MOST_METRICS = 20
const NAME = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/

/**
 * What is wrong with an analysis at `path`.
 * @param ends an analysis that must come to an end by itself, as that of a step must
 */
export function analysisViolations(
  path: string,
  analysis: Analysis,
  { ends }: { readonly ends: boolean },
): readonly Violation[] {
  const { metrics = [], args = [] } = analysis
  const values = new Map(args.map(({ name, value }) => [name, value]))
  return [
    ...tooMany(path, metrics),
    ...(ends && metrics.length === 0 ? [nothingToMeasure(path, analysis)] : []),
    ...duplicates(`${path}.metrics`, metrics),
    ...duplicates(`${path}.args`, args),
    ...dryRunViolations(path, analysis),
    ...metrics.flatMap((metric, index) =>
      metricViolations({ path: `${path}.metrics[${index}]`, metric, values, ends }),
    ),
  ]
}

interface Place {
  readonly path: string
  readonly metric: AnalysisMetric
  readonly values: ReadonlyMap<string, string>
  readonly ends: boolean
}

function metricViolations(place: Place): readonly Violation[] {
  const { path, metric } = place
  return [
    ...nameViolations(place),
    ...wholeNumberViolations(path, metric, {
      count: 1,
      failureLimit: 0,
      inconclusiveLimit: 0,
      consecutiveErrorLimit: 0,
      minSamples: 1,
    }),
    ...wholeNumberViolations(`${path}.provider.prometheus`, metric.provider.prometheus, {
      timeout: 1,
    }),
    ...durationViolations(place),
    ...repetitionViolations(place),
    ...limitViolations(place),
    ...conditionViolations(place),
    ...queryViolations(place),
    ...addressViolations(place),
    ...sampleViolations(place),
  ]
}

function nothingToMeasure(path: string, value: unknown): Violation {
  const problem = 'there is nothing to measure'
  return { field: path, value, problem, remedy: 'give it metrics, or leave it out' }
}

function tooMany(path: string, metrics: readonly AnalysisMetric[]): readonly Violation[] {
  if (metrics.length <= MOST_METRICS) return []
  const problem = `only ${MOST_METRICS} metrics are measured in one analysis`
  const remedy = 'leave some out, or join their queries'
  return [{ field: `${path}.metrics`, value: metrics.length, problem, remedy }]
}

function duplicates(
  path: string,
  items: readonly { readonly name: string }[],
): readonly Violation[] {
  return items.flatMap(({ name }, index) => {
    const first = items.findIndex((other) => other.name === name)
    if (first === index) return []
    const problem = `${path}[${first}] has this name too`
    const remedy = 'give each a name of its own'
    return [{ field: `${path}[${index}].name`, value: name, problem, remedy }]
  })
}

function dryRunViolations(path: string, { dryRun = [] }: Analysis): readonly Violation[] {
  return dryRun.flatMap(({ metricName }, index) => {
    try {
      RE2JS.compile(metricName)
      return []
    } catch (error) {
      return [
        {
          field: `${path}.dryRun[${index}].metricName`,
          value: metricName,
          problem: `this is no regular expression: ${String(error)}`,
          remedy: 'use one for names of metrics, such as .*',
        },
      ]
    }
  })
}

function nameViolations({ path, metric: { name } }: Place): readonly Violation[] {
  if (NAME.test(name)) return []
  const problem = 'it is a label of the metrics about it'
  const remedy = 'use at most 63 lower-case letters, digits and hyphens'
  return [{ field: `${path}.name`, value: name, problem, remedy }]
}

function durationViolations({ path, metric }: Place): readonly Violation[] {
  const least = { interval: 1, initialDelay: 0, window: 1 } as const
  const names = ['interval', 'initialDelay', 'window'] as const
  return names.flatMap((name) => {
    const value = metric[name]
    if (value === undefined || (durationMs(value) ?? -1) >= least[name]) return []
    const isZero = durationMs(value) === 0
    const problem = isZero ? 'this is no time at all' : 'this is no length of time'
    const remedy = 'use one such as 30s, 5m or 1h30m'
    return [{ field: `${path}.${name}`, value, problem, remedy }]
  })
}

function repetitionViolations({ path, metric, ends }: Place): readonly Violation[] {
  const { count, interval } = metric
  if (interval === undefined && (count ?? 1) > 1) {
    const problem = 'it is not said how long to wait between two measurements'
    const remedy = 'set interval, such as 30s'
    return [{ field: `${path}.interval`, value: interval, problem, remedy }]
  }
  if (!ends || interval === undefined || count !== undefined) return []
  const problem = 'with an interval and without a count the step would never end'
  return [{ field: `${path}.count`, value: count, problem, remedy: 'set it to 1 or more' }]
}

function limitViolations({ path, metric }: Place): readonly Violation[] {
  const { count, interval } = metric
  const measured = count ?? (interval === undefined ? 1 : Infinity)
  return (['failureLimit', 'inconclusiveLimit'] as const).flatMap((name) => {
    const value = metric[name]
    if (value === undefined || value < measured) return []
    const problem = `of ${measured} measurements never more than this can be such: it would pass whatever is measured`
    const remedy = `use at most ${measured - 1}`
    return [{ field: `${path}.${name}`, value, problem, remedy }]
  })
}

const CONDITIONS = ['successCondition', 'failureCondition'] as const

function conditionViolations({ path, metric, values }: Place): readonly Violation[] {
  const { thresholdRange } = metric
  const given = CONDITIONS.filter((name) => metric[name] !== undefined)
  if (thresholdRange !== undefined) {
    const { min = -Infinity, max = Infinity } = thresholdRange
    const field = `${path}.thresholdRange`
    if (given.length > 0) {
      const problem = `together with ${given.join(' and ')} it is not clear what is good`
      return [{ field, value: thresholdRange, problem, remedy: 'use one or the other' }]
    }
    if (rangeCondition(thresholdRange) === undefined || min > max) {
      const problem = min > max ? 'no value is good' : 'every value is good'
      return [{ field, value: thresholdRange, problem, remedy: 'set min, max or both, min first' }]
    }
    return []
  }
  if (given.length === 0) {
    const problem = 'it is not said which values are good'
    const remedy = 'set successCondition, failureCondition or thresholdRange'
    return [{ field: `${path}.successCondition`, value: undefined, problem, remedy }]
  }
  return given.flatMap((name) => {
    const value = metric[name] ?? ''
    const field = `${path}.${name}`
    const unknown = unknownArguments(field, value, values)
    return unknown.length > 0 ? unknown : conditionProblems(field, value, { metric, values })
  })
}

function conditionProblems(
  field: string,
  value: string,
  { metric, values }: Pick<Place, 'metric' | 'values'>,
): readonly Violation[] {
  try {
    const tree = parseCondition(fillArguments(value, values))
    const { query } = metric.provider.prometheus
    if (!mentionsStable(tree) || variablesOf(query).includes('revision')) return []
    const problem =
      'stable is what the query gives when $revision names stable pods, and it has none'
    const remedy = 'use $revision in the query, such as pod=~"$revision"'
    return [{ field, value, problem, remedy }]
  } catch (error) {
    if (!(error instanceof ConditionError)) throw error
    const remedy = 'write it such as result[0] < 0.05'
    return [{ field, value, problem: error.message, remedy }]
  }
}

const QUERIES = ['query', 'samplesQuery'] as const

function queryViolations({ path, metric, values }: Place): readonly Violation[] {
  const { prometheus } = metric.provider
  return QUERIES.flatMap((name) => {
    const value = prometheus[name]
    const field = `${path}.provider.prometheus.${name}`
    if (value === undefined) return []
    if (value.trim() === '') {
      return [{ field, value, problem: 'it asks for nothing', remedy: 'write a query in PromQL' }]
    }
    const known: readonly string[] = queryVariables
    const unknown = variablesOf(value).filter((variable) => !known.includes(variable))
    return [
      ...unknownArguments(field, value, values),
      ...unknown.map((variable) => ({
        field,
        value,
        problem: `there is no variable $${variable}`,
        remedy: `use one of ${known.map((one) => `$${one}`).join(', ')}, or $$${variable} for the text itself`,
      })),
    ]
  })
}

function unknownArguments(
  field: string,
  value: string,
  values: ReadonlyMap<string, string>,
): readonly Violation[] {
  return referencesOf(value)
    .filter((name) => !name.startsWith('args.') || !values.has(name.slice('args.'.length)))
    .map((name) => ({
      field,
      value,
      problem: `there is no value for {{${name}}}`,
      remedy: 'give it in args, and name it {{args.NAME}}',
    }))
}

function addressViolations({ path, metric }: Place): readonly Violation[] {
  const { address } = metric.provider.prometheus
  if (address === undefined) return []
  const url = URL.canParse(address) ? new URL(address) : undefined
  const isHttp = url?.protocol === 'http:' || url?.protocol === 'https:'
  const isBare = url?.username === '' && url.password === '' && url.search === ''
  if (isHttp && isBare) return []
  return [
    {
      field: `${path}.provider.prometheus.address`,
      value: address,
      problem: isHttp
        ? 'an address holds neither credentials nor a query'
        : 'this is no address of a Prometheus',
      remedy: 'use one such as http://prometheus.monitoring:9090',
    },
  ]
}

function sampleViolations({ path, metric }: Place): readonly Violation[] {
  if (metric.minSamples === undefined) return []
  if (metric.provider.prometheus.samplesQuery !== undefined) return []
  return [
    {
      field: `${path}.minSamples`,
      value: metric.minSamples,
      problem: 'nothing says how many samples there are',
      remedy: 'set provider.prometheus.samplesQuery to a query for their number',
    },
  ]
}
