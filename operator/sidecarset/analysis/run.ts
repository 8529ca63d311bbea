import { createHash } from 'node:crypto'
import type { MetricDefinition } from '../../../api/analysis/index.ts'
import type { AnalysisRunStatus, MetricStatus, VerdictName } from '../../../api/v1beta1/analysis.ts'
import { judge } from './judge.ts'
import { isFinal, measurementsOf, newMetric, nextMetric, timeText } from './metricState.ts'
import type { Sample } from './sample.ts'
import type { AnalysisVerdict } from './verdict.ts'

/** A measurement whose time has come. */
export interface Due {
  /** Tells it from all others of the same set, so that none is made or counted twice. */
  readonly id: string
  readonly definition: MetricDefinition
}

/** The answer to a measurement. */
export interface Answer {
  readonly sample: Sample
  /** As it was sent. */
  readonly query: string
  /** When it was sent: milliseconds since the epoch. */
  readonly at: number
}

export interface RunInput {
  readonly definitions: readonly MetricDefinition[]
  readonly startedAt: number
  /** Absent: the analysis accompanies the whole rollout. */
  readonly step?: number
  /** Answers by id. */
  readonly answers: ReadonlyMap<string, Answer>
  /** Milliseconds since the epoch. */
  readonly now: number
}

export interface RunResult {
  readonly run: AnalysisRunStatus
  readonly verdict: AnalysisVerdict
  readonly due: readonly Due[]
  /** Answers that were taken in. They are needed until the run has been kept. */
  readonly used: readonly string[]
  /** When the next measurement is due: milliseconds since the epoch. */
  readonly nextAt: number | undefined
}

/**
 * One look at an analysis: takes in the answers that came, and says what it has come to and what is
 * to be measured now. Pure, and everything it must remember is in the run: whoever takes over goes
 * on from there.
 */
export function advanceRun(before: AnalysisRunStatus | undefined, input: RunInput): RunResult {
  const { definitions, answers, now } = input
  const run = isSame(before, input) ? before : newRun(input)
  const used: string[] = []
  const metrics = definitions.map((definition) => {
    const found = run.metrics.find(({ name }) => name === definition.name)
    const status = found ?? newMetric(definition, Date.parse(run.startedAt))
    const id = idOf(run, status)
    const answer = answers.get(id)
    if (answer === undefined) return status
    used.push(id)
    const { query, at, sample } = answer
    return nextMetric(status, definition, { judged: judge(definition, sample), query, at })
  })
  const after = { ...run, metrics }
  const waiting = metrics.filter(({ verdict }) => !isFinal(verdict))
  const due = waiting.filter((metric) => nextOf(metric) <= now)
  const later = waiting.map(nextOf).filter((at) => at > now)
  return {
    run: after,
    verdict: verdictOf(metrics),
    due: due.flatMap((metric) => {
      const definition = definitions.find(({ name }) => name === metric.name)
      return definition === undefined ? [] : [{ id: idOf(after, metric), definition }]
    }),
    used,
    nextAt: later.length === 0 ? undefined : Math.min(...later),
  }
}

/** Failed beats Inconclusive, which beats what may still change. */
const PRECEDENCE: readonly VerdictName[] = [
  'Failed',
  'Inconclusive',
  'ProviderAway',
  'NoData',
  'Running',
  'Passed',
]

const KINDS: Readonly<Record<VerdictName, Exclude<AnalysisVerdict['kind'], 'none'>>> = {
  Failed: 'failed',
  Inconclusive: 'inconclusive',
  ProviderAway: 'providerAway',
  NoData: 'noData',
  Running: 'running',
  Passed: 'passed',
}

/** What several metrics come to; those that only try decide nothing. */
export function verdictOf(
  metrics: readonly Pick<
    MetricStatus,
    'name' | 'verdict' | 'message' | 'dryRun' | 'measurements'
  >[],
): AnalysisVerdict {
  const deciding = metrics.filter(({ dryRun }) => dryRun !== true)
  for (const name of PRECEDENCE) {
    const metric = deciding.find(({ verdict }) => verdict === name)
    if (metric === undefined) continue
    const { value, threshold } = metric.measurements.findLast((one) => 'value' in one) ?? {}
    return {
      kind: KINDS[name],
      metric: metric.name,
      sentence: metric.message,
      ...(value === undefined ? {} : { value }),
      ...(threshold === undefined ? {} : { threshold }),
    }
  }
  return { kind: 'none' }
}

/** The worst of several verdicts; the first of equals. */
export function worst(verdicts: readonly AnalysisVerdict[]): AnalysisVerdict {
  const order = PRECEDENCE.map((name): string => KINDS[name])
  const rank = ({ kind }: AnalysisVerdict): number =>
    kind === 'none' ? order.length : order.indexOf(kind)
  return verdicts.toSorted((a, b) => rank(a) - rank(b))[0] ?? { kind: 'none' }
}

function newRun({ definitions, startedAt, step }: RunInput): AnalysisRunStatus {
  return {
    startedAt: timeText(startedAt),
    ...(step === undefined ? {} : { step }),
    definition: fingerprint(definitions),
    metrics: [],
  }
}

function isSame(
  run: AnalysisRunStatus | undefined,
  { definitions, step }: RunInput,
): run is AnalysisRunStatus {
  return run?.step === step && run?.definition === fingerprint(definitions)
}

function fingerprint(definitions: readonly MetricDefinition[]): string {
  return createHash('sha256').update(JSON.stringify(definitions)).digest('hex').slice(0, 12)
}

function nextOf({ nextMeasurementAt }: MetricStatus): number {
  return Date.parse(nextMeasurementAt ?? '')
}

/** Of the next measurement of a metric. */
function idOf({ startedAt, step, definition }: AnalysisRunStatus, metric: MetricStatus): string {
  const where = step === undefined ? 'background' : `step-${step}`
  return `${where}/${startedAt}/${definition}/${metric.name}/${measurementsOf(metric) + 1}`
}
