import type { MetricDefinition } from '../../../api/analysis/index.ts'
import type { MetricStatus, VerdictName } from '../../../api/v1beta1/analysis.ts'
import { counted } from '../counted.ts'
import { numberText } from './judge.ts'
import type { Judged } from './judge.ts'

/** Measurements that are kept in the status. */
const KEPT = 10
/** No longer query is kept. */
const LONGEST_QUERY = 512
/** Until the next try when there was nothing to judge. */
const RETRY_MS = 10_000

/** Verdicts after which nothing more is measured. */
const FINAL: readonly VerdictName[] = ['Passed', 'Failed', 'Inconclusive']

export function isFinal(verdict: VerdictName): boolean {
  return FINAL.includes(verdict)
}

/** A metric before its first measurement. */
export function newMetric(definition: MetricDefinition, startedAt: number): MetricStatus {
  const next = startedAt + definition.initialDelayMs
  return {
    name: definition.name,
    verdict: 'Running',
    message: `${definition.name} is not measured yet`,
    ...(definition.dryRun ? { dryRun: true } : {}),
    successful: 0,
    failed: 0,
    inconclusive: 0,
    noData: 0,
    errors: 0,
    consecutiveErrors: 0,
    nextMeasurementAt: timeText(next),
    measurements: [],
  }
}

/** How many measurements there were, of every outcome: the number of the next one is one more. */
export function measurementsOf(status: MetricStatus): number {
  const { successful, failed, inconclusive, noData, errors } = status
  return successful + failed + inconclusive + noData + errors
}

export interface Measured {
  readonly judged: Judged
  readonly query: string
  /** Milliseconds since the epoch. */
  readonly at: number
}

/** The metric after one more measurement. A final verdict stays what it is. */
export function nextMetric(
  before: MetricStatus,
  definition: MetricDefinition,
  { judged, query, at }: Measured,
): MetricStatus {
  if (isFinal(before.verdict)) return before
  const { outcome } = judged
  const add = (name: typeof outcome): number => (outcome === name ? 1 : 0)
  const counts = {
    successful: before.successful + add('Successful'),
    failed: before.failed + add('Failed'),
    inconclusive: before.inconclusive + add('Inconclusive'),
    noData: before.noData + add('NoData'),
    errors: before.errors + add('Error'),
    consecutiveErrors: outcome === 'Error' ? before.consecutiveErrors + 1 : 0,
  }
  const verdict = verdictOf({ ...before, ...counts }, definition, judged)
  return {
    name: before.name,
    verdict,
    message: messageOf({ ...before, ...counts }, definition, judged, verdict),
    ...(before.dryRun === true ? { dryRun: true } : {}),
    ...counts,
    query: query.length > LONGEST_QUERY ? `${query.slice(0, LONGEST_QUERY)}…` : query,
    measurements: [...before.measurements, { at: timeText(at), ...judged }].slice(-KEPT),
    ...(isFinal(verdict)
      ? {}
      : { nextMeasurementAt: timeText(at + untilNext(definition, judged)) }),
  }
}

type Counts = Pick<
  MetricStatus,
  'successful' | 'failed' | 'inconclusive' | 'errors' | 'consecutiveErrors'
>

/**
 * In this order: what has failed is never called inconclusive, and what could not be measured is
 * neither, and no success. Limits say "more than"; measurements without data do not count.
 */
function verdictOf(counts: Counts, definition: MetricDefinition, { outcome }: Judged): VerdictName {
  const { successful, failed, inconclusive, consecutiveErrors } = counts
  if (failed > definition.failureLimit) return 'Failed'
  if (inconclusive > definition.inconclusiveLimit) return 'Inconclusive'
  if (consecutiveErrors > definition.consecutiveErrorLimit) return 'ProviderAway'
  if (outcome === 'NoData') return 'NoData'
  const enough = definition.count ?? Infinity
  return successful + failed + inconclusive >= enough ? 'Passed' : 'Running'
}

/** The sentence for conditions and events. */
function messageOf(
  counts: Counts,
  { name, failureLimit, inconclusiveLimit, count }: MetricDefinition,
  judged: Judged,
  verdict: VerdictName,
): string {
  const { successful, failed, inconclusive, consecutiveErrors } = counts
  const all = successful + failed + inconclusive
  const value = judged.value === undefined ? '' : ` is ${numberText(judged.value)}`
  const wanted = judged.threshold === undefined ? '' : `, wanted ${judged.threshold}`
  const seen = `${name}${value}${wanted}`
  switch (verdict) {
    case 'Failed':
      return `${seen}: ${failed} of ${counted(all, 'measurement')} failed, ${failureLimit} may`
    case 'Inconclusive':
      return `${seen}: ${inconclusive} of ${counted(all, 'measurement')} inconclusive, ${inconclusiveLimit} may be`
    case 'ProviderAway':
      return `${name} cannot be measured, ${consecutiveErrors} times in a row: ${judged.message ?? ''}`
    case 'NoData':
      return `${name} has no data: ${judged.message ?? ''}`
    case 'Passed':
    case 'Running': {
      if (judged.outcome === 'Error') return `${name} was not measured: ${judged.message ?? ''}`
      const of = count === undefined ? '' : ` of ${count}`
      return `${seen}: ${successful} good${of}, ${failed} failed`
    }
  }
}

function untilNext({ intervalMs }: MetricDefinition, { outcome }: Judged): number {
  if (outcome === 'Error') return Math.min(intervalMs ?? RETRY_MS, RETRY_MS)
  return intervalMs ?? RETRY_MS
}

export function timeText(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}
