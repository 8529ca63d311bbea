import { isIntOrPercent } from '../intOrPercent.ts'
import type { UpdateStrategy } from '../v1beta1/sidecarset.ts'
import type { Violation } from './violation.ts'
import { wholeNumberViolations } from './wholeNumber.ts'

const PATH = 'spec.updateStrategy'
const TYPES = ['NotUpdate', 'RollingUpdate']
const FAILURE_POLICIES = ['Pause', 'Rollback']

/** What is wrong with how a set's pods are upgraded. */
export function updateStrategyViolations(strategy: UpdateStrategy): readonly Violation[] {
  return [
    ...choice('type', strategy.type, TYPES),
    ...choice('onFailure', strategy.onFailure, FAILURE_POLICIES),
    ...share('partition', strategy.partition),
    ...positiveShare('maxUnavailable', strategy.maxUnavailable, 'no pod could ever be upgraded'),
    ...positiveShare(
      'failureLimit',
      strategy.failureLimit,
      'the rollout would count as failed before it begins',
    ),
    ...wholeNumberViolations(PATH, strategy, { progressDeadlineSeconds: 1 }),
    ...partitionWithSelector(strategy),
  ]
}

function choice(
  name: string,
  value: string | undefined,
  allowed: readonly string[],
): readonly Violation[] {
  if (value === undefined || allowed.includes(value)) return []
  const problem = 'there is no such value'
  return [{ field: `${PATH}.${name}`, value, problem, remedy: `use one of ${allowed.join(', ')}` }]
}

function share(name: string, value: unknown): readonly Violation[] {
  if (value === undefined) return []
  if (isIntOrPercent(value) && !(typeof value === 'string' && Number.parseInt(value, 10) > 100)) {
    return []
  }
  const problem = 'this is neither a number of pods nor a share of them'
  const remedy = 'use a whole number such as 2, or a percentage from 0% to 100%'
  return [{ field: `${PATH}.${name}`, value, problem, remedy }]
}

function positiveShare(name: string, value: unknown, problem: string): readonly Violation[] {
  if (value === undefined) return []
  const nonsense = share(name, value)
  if (nonsense.length > 0 || !isZero(value)) return nonsense
  const remedy = 'use a whole number of at least 1, or a percentage from 1% to 100%'
  return [{ field: `${PATH}.${name}`, value, problem, remedy }]
}

function partitionWithSelector(strategy: UpdateStrategy): readonly Violation[] {
  const { partition, selector } = strategy
  if (partition === undefined || isZero(partition) || selector === undefined) return []
  return [
    {
      field: `${PATH}.partition`,
      value: partition,
      problem: 'together with a selector it is not clear which pods keep the old revision',
      remedy: `leave out either it or ${PATH}.selector`,
    },
  ]
}

function isZero(value: unknown): boolean {
  return Number.parseInt(String(value), 10) === 0
}
