import type { DefaultedUpdateStrategy } from '../../../api/defaults/defaultedSpec.ts'
import { stepText } from '../canary/stepText.ts'
import { counted } from '../counted.ts'
import type { RolloutSummary } from '../rollout/plan.ts'
import { progressDeadline } from '../rollout/progressDeadline.ts'
import { completeText } from './completeText.ts'
import type { Verdict } from '../../conditionWording.ts'
import { clause, someOf, verdict } from '../../conditionWording.ts'

export interface ConditionsInput {
  /** Name of the set. */
  readonly set: string
  readonly strategy: DefaultedUpdateStrategy
  readonly summary: RolloutSummary
  /** Hash of the spec's revision. */
  readonly latest: string
  /** Undefined when new pods are injected; else why not yet; null where nothing is injected. */
  readonly injectionObstacle: string | undefined | null
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** The four conditions of a SidecarSet, without times; a gateway has its own Available. */
export function judgeConditions(input: ConditionsInput): readonly Verdict[] {
  const { injectionObstacle } = input
  const rollout = [progressing(input), degraded(input), paused(input)]
  return injectionObstacle === null ? rollout : [available(injectionObstacle), ...rollout]
}

function available(injectionObstacle: string | undefined): Verdict {
  return injectionObstacle === undefined
    ? verdict('Available', 'True', 'WebhookConfigured', 'new pods are injected')
    : verdict('Available', 'False', 'WebhookNotConfigured', injectionObstacle)
}

function progressing({ set, strategy, summary, latest, now }: ConditionsInput): Verdict {
  const { matched, updated, upgrading, waiting, kept, target } = summary
  const counts =
    `revision ${latest} is on ${updated} of ${counted(matched, 'pod')}, ${upgrading} in flight, ` +
    `${waiting} waiting, ${kept} kept by the partition`
  if (summary.stopped) {
    const where = summary.rollback
      ? waiting + upgrading > 0
        ? `pods go back to revision ${target.hash}`
        : `pods are back at revision ${target.hash}`
      : 'the rollout has stopped'
    return verdict(
      'Progressing',
      'False',
      'UpgradeFailed',
      `${failureText(summary, latest)}; ${where}`,
    )
  }
  if (summary.complete) {
    return verdict('Progressing', 'True', 'RolloutCompleted', completeText(matched, latest))
  }
  if (summary.imageFailure !== undefined) {
    const message = `no pod is touched: ${clause(summary.imageFailure)}`
    return verdict('Progressing', 'False', 'ImagePullFailed', message)
  }
  if (strategy.type === 'NotUpdate') {
    const message = `${counts}; updateStrategy.type is NotUpdate`
    return verdict('Progressing', 'Unknown', 'NotUpdate', message)
  }
  if (strategy.paused) {
    const message = `${counts}; updateStrategy.paused is true`
    return verdict('Progressing', 'Unknown', 'RolloutPaused', message)
  }
  const { waitsFor } = summary
  const waits = waitsFor === undefined ? '' : `; now: ${clause(waitsFor)}`
  if (now > (progressDeadline(summary, strategy) ?? Infinity)) {
    const message = `nothing went on for ${strategy.progressDeadlineSeconds} s, updateStrategy.progressDeadlineSeconds: ${counts}${waits}`
    return verdict('Progressing', 'False', 'ProgressDeadlineExceeded', message)
  }
  if (summary.step !== undefined) {
    const { reason, sentence } = stepText(summary.step, { set, revision: latest })
    return verdict('Progressing', 'True', reason, `${sentence}; ${counts}${waits}`)
  }
  if (waiting + upgrading === 0 && kept > 0) {
    const message = `${counts}, updateStrategy.partition is ${strategy.partition} now`
    return verdict('Progressing', 'True', 'PartitionReached', message)
  }
  return verdict('Progressing', 'True', 'RolloutInProgress', `${counts}${waits}`)
}

function degraded({ summary, latest, injectionObstacle }: ConditionsInput): Verdict {
  const { failed, stopped, rollback, waiting, upgrading, notUpgradable } = summary
  if (stopped || failed > 0) {
    const going = waiting + upgrading > 0
    const reason = rollback ? (going ? 'RollingBack' : 'RolledBack') : 'UpgradeFailed'
    return verdict('Degraded', 'True', reason, failureText(summary, latest))
  }
  if (notUpgradable.length > 0 && injectionObstacle === null) {
    const message = `more than images changed: the Deployment replaces ${counted(notUpgradable.length, 'pod')}: ${someOf(notUpgradable)}`
    return verdict('Degraded', 'False', 'PodsReplaced', message)
  }
  if (notUpgradable.length > 0) {
    const message =
      `${counted(notUpgradable.length, 'pod')} cannot be upgraded in place, only be replaced, because more ` +
      `than images changed: ${someOf(notUpgradable)}`
    return verdict('Degraded', 'True', 'UpdateImmutableField', message)
  }
  return verdict('Degraded', 'False', 'AsExpected', 'no pod failed')
}

function paused({ set, strategy, summary, latest, now }: ConditionsInput): Verdict {
  if (strategy.paused) {
    return verdict('Paused', 'True', 'RolloutPaused', 'updateStrategy.paused is true')
  }
  const { step, stopped } = summary
  if (stopped || step?.hold?.kind !== 'people') {
    return verdict('Paused', 'False', 'NotPaused', 'nothing waits for people')
  }
  const { maxPauseSeconds = Infinity } = strategy.canary ?? {}
  const { sentence } = stepText(step, { set, revision: latest })
  const isTooLong = now >= step.hold.endsAt
  return isTooLong
    ? verdict(
        'Paused',
        'True',
        'PausedTooLong',
        `${sentence}, for longer than updateStrategy.canary.maxPauseSeconds: ${maxPauseSeconds}`,
      )
    : verdict('Paused', 'True', 'CanaryStepPaused', sentence)
}

function failureText({ failed, failure }: RolloutSummary, latest: string): string {
  if (failure !== undefined && failure.pod === undefined) {
    return `revision ${latest} failed with ${failure.reason}: ${clause(failure.sentence)}`
  }
  // The pods that failed are gone, the failure is not forgotten.
  if (failed === 0) return `revision ${latest} failed before`
  if (failure === undefined) return `${counted(failed, 'pod')} failed`
  const { pod = '', reason, sentence } = failure
  return `${counted(failed, 'pod')} failed, ${pod} with ${reason}: ${clause(sentence)}`
}
