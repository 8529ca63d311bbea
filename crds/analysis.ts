import type {
  Analysis,
  AnalysisArgument,
  AnalysisMetric,
  AnalysisRunStatus,
  AnalysisStatus,
  BackgroundAnalysis,
  BudgetStatus,
  HandoverBudget,
  Measurement,
  MetricStatus,
  PrometheusProvider,
  ThresholdRange,
} from '../api/v1beta1/analysis.ts'
import type { Properties, Schema } from './schema.ts'
import {
  boolean,
  integer,
  intOrString,
  list,
  listByKey,
  number,
  object,
  string,
  time,
} from './schema.ts'

const prometheus = object<PrometheusProvider>(
  'A Prometheus, or what answers as one.',
  {
    address: string(
      "Such as http://prometheus.monitoring:9090. Defaults to the operator's PROMETHEUS_ADDRESS.",
    ),
    query: string(
      'PromQL for numbers of one moment. $revision and $stable stand for regular expressions of the names of at most 100 pods that have the new revision, and of as many that have the old one, $namespaces for one of their namespaces, $window for a length of time; $$ for a dollar.',
    ),
    samplesQuery: string(
      'PromQL for the number of samples (requests, say) that the result rests on.',
    ),
    timeout: integer('Seconds that an answer may take. Defaults to 10.'),
  },
  ['query'],
)

const CONDITION =
  'Numbers, result[0] (or result if there is one series), stable[0] (the same query about stable pods), comparisons, && || !, arithmetic, len, all, any, isNaN, isInf, abs, min, max, sum, mean.'

const metric = object<AnalysisMetric>(
  'Something that is measured again and again. What gives no data (no series, NaN, Inf, too few samples) neither passes nor fails: it is waited for.',
  {
    name: string('Lower-case letters, digits and hyphens.'),
    interval: string('Between two measurements: 30s, 5m, 1h30m.'),
    count: integer(
      'Measurements with data that are needed. Defaults to 1; with an interval to as many as come until the rollout is over.',
    ),
    initialDelay: string('Until the first measurement. Defaults to none.'),
    successCondition: string(`When a measurement is good. ${CONDITION}`),
    failureCondition: string(
      'When a measurement has failed. With both conditions, one in which neither holds is inconclusive.',
    ),
    thresholdRange: object<ThresholdRange>(
      'Instead of conditions: the bounds of a good value, both of them good.',
      { min: number('The least good value.'), max: number('The largest good value.') },
    ),
    failureLimit: integer(
      'More failed measurements than this fail the revision; see onFailure. Defaults to 0.',
    ),
    inconclusiveLimit: integer(
      'More inconclusive measurements than this pause the rollout for people. Defaults to 0.',
    ),
    consecutiveErrorLimit: integer(
      'More failures in a row to get an answer than this pause the rollout until there are answers. Defaults to 4.',
    ),
    minSamples: integer('With fewer samples there is no data. Needs samplesQuery.'),
    window: string('What $window stands for. Defaults to the interval, without one to 1m.'),
    provider: object<AnalysisMetric['provider']>('Who is asked.', { prometheus }, ['prometheus']),
  },
  ['name', 'provider'],
)

const parts: Properties<Analysis> = {
  metrics: listByKey('What is measured; at most 20.', 'name', metric),
  args: listByKey(
    'Values for {{args.name}} in queries and conditions.',
    'name',
    object<AnalysisArgument>(
      'One value.',
      { name: string('Name of the argument.'), value: string('What stands in its place.') },
      ['name', 'value'],
    ),
  ),
  dryRun: list(
    'Metrics that are measured and told of, and decide nothing.',
    object<NonNullable<Analysis['dryRun']>[number]>(
      'Some metrics.',
      { metricName: string('A regular expression for their names.') },
      ['metricName'],
    ),
  ),
}

const budget = object<HandoverBudget>(
  "What the handovers of a rollout may cost, by the agents' own numbers: more fails the revision.",
  {
    enabled: boolean('Defaults to true.'),
    connectionsCut: intOrString(
      'Connections of old processes that were cut for another reason than maxSeconds: a number, or a percentage of all that there were, rounded up. Defaults to 1%.',
    ),
    connectionsCutAtMaxSeconds: intOrString(
      'The same for those that were cut when maxSeconds was over. Absent: any number.',
    ),
    listenDrops: number(
      'Connections that the kernel dropped at listeners of the pod, per handover on average. Defaults to 10.',
    ),
    resets: number(
      'Connections of the pod that were reset, per handover on average. Absent: any number.',
    ),
    handoverSeconds: number(
      'The longest from the start of a handover until the new process serves. Absent: any.',
    ),
    podsNotReady: intOrString(
      'Upgraded pods in which a sidecar is not ready for 30 s: a number, or a percentage of the upgraded ones. Defaults to 0.',
    ),
  },
)

/** canary.steps[].analysis */
export const stepAnalysis: Schema = object<Analysis>(
  'What must have passed before the next step, measured once the pods of the step have the revision.',
  parts,
)

/** canary.analysis */
export const backgroundAnalysis: Schema = object<BackgroundAnalysis>(
  'What accompanies the whole rollout, from the first pod that has the revision.',
  { ...parts, budget },
)

const measurement = object<Measurement>(
  'One measurement.',
  {
    at: time('When it was made.'),
    outcome: string('Successful, Failed, Inconclusive, NoData or Error.'),
    value: number('What was measured in pods of the new revision.'),
    threshold: string('What was wanted of the value, such as < 0.05.'),
    message: string('Why there is no data, or no answer.'),
  },
  ['at', 'outcome'],
)

const verdict = string('Running, Passed, Failed, Inconclusive, NoData or ProviderAway.')

const metricStatus = object<MetricStatus>(
  'What a metric has come to.',
  {
    name: string('Name of the metric.'),
    verdict,
    message: string('A sentence with the numbers.'),
    dryRun: boolean('It decides nothing.'),
    query: string('The query as it was sent last; long ones are cut.'),
    successful: integer('Measurements that were good.'),
    failed: integer('Measurements that failed.'),
    inconclusive: integer('Measurements that were neither.'),
    noData: integer('Measurements without data.'),
    errors: integer('Measurements without an answer.'),
    consecutiveErrors: integer('Measurements without an answer since the last one with one.'),
    nextMeasurementAt: time('When it is measured next.'),
    measurements: list('The last ten, the newest last.', measurement),
  },
  ['name', 'verdict'],
)

const run = (description: string): Schema =>
  object<AnalysisRunStatus>(
    description,
    {
      startedAt: time('When it began.'),
      step: integer('Step of the canary, counted from 1.'),
      definition: string('Fingerprint of what is measured: a changed analysis begins again.'),
      metrics: list('What is measured.', metricStatus),
    },
    ['startedAt', 'definition'],
  )

const budgetStatus = object<BudgetStatus>("The agents' own numbers.", {
  verdict,
  message: string('A sentence with the numbers.'),
  handovers: integer('Handovers that the numbers are of.'),
  connectionsAtDrain: integer('Connections that old processes had when they were told to drain.'),
  connectionsCut: integer('Those that were cut for another reason than maxSeconds.'),
  connectionsCutAtMaxSeconds: integer('Those that were cut when maxSeconds was over.'),
  listenDrops: integer('Connections that the kernel dropped at listeners.'),
  resets: integer('Connections that were reset.'),
  longestHandoverSeconds: number('The longest until a new process served.'),
  podsNotReady: integer('Upgraded pods in which a sidecar is not ready now.'),
  notReadySince: time('Since when there are such.'),
})

/** status.analysis */
export const analysisStatus: Schema = object<AnalysisStatus>(
  'The analyses of the rollout; they stay to be read until the next one.',
  {
    revision: string('Revision that is rolled out.'),
    number: integer('Number of its ControllerRevision.'),
    budget: budgetStatus,
    background: run('What accompanies the rollout.'),
    step: run('What the present step waits for.'),
  },
  ['revision', 'number'],
)
