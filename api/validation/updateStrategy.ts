import type { UpdateStrategy } from '../v1beta1/sidecarset.ts'
import { choiceViolations } from './choice.ts'
import { isZeroShare, positiveShareViolations, shareViolations } from './share.ts'
import type { Violation } from './violation.ts'
import { canaryViolations } from './canary.ts'
import { upgradeOrderViolations } from './upgradeOrder.ts'
import { wholeNumberViolations } from './wholeNumber.ts'

const PATH = 'spec.updateStrategy'
const TYPES = ['NotUpdate', 'RollingUpdate']
const FAILURE_POLICIES = ['Pause', 'Rollback']

/** What is wrong with how a set's pods are upgraded. */
export function updateStrategyViolations(strategy: UpdateStrategy): readonly Violation[] {
  return [
    ...choiceViolations(`${PATH}.type`, strategy.type, TYPES),
    ...choiceViolations(`${PATH}.onFailure`, strategy.onFailure, FAILURE_POLICIES),
    ...shareViolations(`${PATH}.partition`, strategy.partition),
    ...positiveShareViolations(
      `${PATH}.maxUnavailable`,
      strategy.maxUnavailable,
      'no pod could ever be upgraded',
    ),
    ...positiveShareViolations(
      `${PATH}.failureLimit`,
      strategy.failureLimit,
      'the rollout would count as failed before it begins',
    ),
    ...wholeNumberViolations(PATH, strategy, { progressDeadlineSeconds: 1 }),
    ...positiveShareViolations(
      `${PATH}.maxUnavailablePerWorkload`,
      strategy.maxUnavailablePerWorkload,
      'no pod could ever be upgraded',
    ),
    ...upgradeOrderViolations(strategy),
    ...canaryViolations(strategy.canary),
    ...wholeNumberViolations(`${PATH}.rollbackWindow`, strategy.rollbackWindow ?? {}, {
      revisions: 0,
    }),
    ...partitionWithSelector(strategy),
  ]
}

function partitionWithSelector(strategy: UpdateStrategy): readonly Violation[] {
  const { partition, selector } = strategy
  if (partition === undefined || isZeroShare(partition) || selector === undefined) return []
  return [
    {
      field: `${PATH}.partition`,
      value: partition,
      problem: 'together with a selector it is not clear which pods keep the old revision',
      remedy: `leave out either it or ${PATH}.selector`,
    },
  ]
}
