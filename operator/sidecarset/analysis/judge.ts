import type { MetricDefinition } from '../../../api/analysis/index.ts'
import { evaluateCondition } from '../../../api/condition/index.ts'
import type { Compared, ConditionTree } from '../../../api/condition/index.ts'
import type { Measurement } from '../../../api/v1beta1/analysis.ts'
import type { Sample } from './sample.ts'

/** What one measurement came to, without its time. */
export type Judged = Omit<Measurement, 'at'>

type Rules = Pick<MetricDefinition, 'success' | 'failure' | 'minSamples'>

/**
 * Missing data are neither good nor bad, whatever the conditions say of them: no series, a value that
 * is no number, a quotient by zero and too few samples are NoData. An answer that did not come is an
 * Error. Only then do the conditions decide, with the meaning they have in Argo Rollouts.
 */
export function judge(rules: Rules, sample: Sample): Judged {
  if (sample.kind === 'error') return { outcome: 'Error', message: sample.sentence }
  const { result, stable, samples } = sample
  const missing = missingData(rules, result, samples)
  if (missing !== undefined) return { outcome: 'NoData', message: missing }

  const failure = decide(rules.failure, { result, stable })
  if (failure?.kind === 'unknown') return { outcome: 'NoData', message: failure.sentence }
  const success = decide(rules.success, { result, stable })
  const isFailed = failure?.holds === true
  if (!isFailed && success?.kind === 'unknown') {
    return { outcome: 'NoData', message: success.sentence }
  }
  const [first] = result
  const measured = first === undefined ? {} : { value: first }
  if (failure !== undefined && (isFailed || success === undefined)) {
    const outcome = isFailed ? 'Failed' : 'Successful'
    return { outcome, ...measured, ...evidence(failure.compared, isFailed, 'opposite') }
  }
  if (success?.kind !== 'known') return { outcome: 'Successful', ...measured }
  const otherwise = failure === undefined ? 'Failed' : 'Inconclusive'
  const outcome = success.holds ? 'Successful' : otherwise
  return { outcome, ...measured, ...evidence(success.compared, success.holds, 'same') }
}

function missingData(
  { minSamples }: Rules,
  result: readonly number[],
  samples: number | undefined,
): string | undefined {
  if (samples !== undefined && !(samples >= minSamples)) {
    return `there are ${numberText(samples)} samples and not ${minSamples}`
  }
  if (result.length === 0) return 'the query finds no series'
  const bad = result.find((value) => !Number.isFinite(value))
  return bad === undefined ? undefined : `the query gives ${bad}`
}

function decide(
  tree: ConditionTree | undefined,
  lists: { readonly result: readonly number[]; readonly stable: readonly number[] },
): ReturnType<typeof evaluateCondition> | undefined {
  return tree === undefined ? undefined : evaluateCondition(tree, lists)
}

const OPPOSITE: Readonly<Record<Compared['operator'], Compared['operator']>> = {
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
  '==': '!=',
  '!=': '==',
}

/**
 * The comparison that decided, told as what is wanted of the value: what a condition for failure
 * says is the opposite of it.
 */
function evidence(
  compared: readonly Compared[],
  holds: boolean,
  wanted: 'same' | 'opposite',
): Pick<Measurement, 'value' | 'threshold'> {
  const one = compared.find((other) => other.holds === holds) ?? compared[0]
  if (one === undefined) return {}
  const operator = wanted === 'same' ? one.operator : OPPOSITE[one.operator]
  return { value: one.left, threshold: `${operator} ${numberText(one.right)}` }
}

/** Four digits are enough for people. */
export function numberText(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(4))) : String(value)
}
