import type { IdleReason } from '../../operator/sidecarset/rollout/decision.ts'

/** What to change so that a rule does not hold a rollout up any more. */
export interface Remedy {
  /** Path in the SidecarSet; absent where no field of it helps. */
  readonly field?: string
  /** The line to write there. */
  readonly line?: string
  /** What to type, where a command does it. */
  readonly command?: string
  /** What to do otherwise: a clause in the imperative. */
  readonly advice?: string
}

/** Rules that hold up a whole set. */
export type SetRule =
  'Complete' | 'Deleting' | 'NotObserved' | 'NoPods' | 'RolledBack' | 'InProgress'

export type Rule = SetRule | IdleReason

export interface RemedyInput {
  readonly set: string
  readonly maxUnavailable: number | string
  readonly partition: number | string
}

/** Undefined: there is nothing to change, only to wait or to look. */
export function remedyFor(rule: Rule, input: RemedyInput): Remedy | undefined {
  const { set } = input
  switch (rule) {
    case 'Complete':
    case 'UpToDate':
    case 'InFlight':
    case 'InProgress':
    case 'ImagePulling':
    case 'Deleting':
      return undefined
    case 'NotObserved':
      return {
        advice: 'see whether the operator runs',
        command: 'kubectl baton check --install',
      }
    case 'NoPods':
      return {
        field: 'spec.selector',
        advice: 'compare the selectors with the labels of a pod that should be injected',
        command: 'kubectl baton why-injected POD',
      }
    case 'RolledBack':
    case 'RolloutStopped':
    case 'FailedBefore':
      return {
        field: 'spec.containers[].image',
        advice: 'name an image that works, which is a new revision; or go back',
        command: `kubectl baton rollback ${set}`,
      }
    case 'ImagePullFailed':
      return {
        field: 'spec.containers[].image',
        advice: 'name an image that the nodes can pull, or give spec.imagePullSecrets',
      }
    case 'NotUpdate':
      return { field: 'spec.updateStrategy.type', line: 'type: RollingUpdate' }
    case 'Paused':
      return {
        field: 'spec.updateStrategy.paused',
        line: 'paused: false',
        command: `kubectl baton resume ${set}`,
      }
    case 'NotSelected':
      return {
        field: 'spec.updateStrategy.selector',
        advice: 'widen it or leave it out, and the other pods upgrade too',
      }
    case 'KeptByPartition':
      return {
        field: 'spec.updateStrategy.partition',
        line: 'partition: 0',
      }
    case 'CanaryStep':
      return {
        field: 'spec.updateStrategy.canary.steps',
        advice: 'wait for the step to end; one that waits for people goes on when somebody resumes',
        command: `kubectl baton resume ${set}`,
      }
    case 'Analysis':
      return {
        advice: 'wait for the analysis, or see its values and thresholds',
        command: `kubectl baton status ${set}`,
      }
    case 'MaxUnavailable':
      return {
        field: 'spec.updateStrategy.maxUnavailable',
        line: `maxUnavailable: ${more(input.maxUnavailable)}`,
        advice: 'or make the pods ready that use it up',
      }
    case 'MaxUnavailablePerWorkload':
      return {
        field: 'spec.updateStrategy.maxUnavailablePerWorkload',
        advice: 'raise it, or make the pods of the workload ready that use it up',
      }
    case 'StillDraining':
      return {
        field: 'spec.containers[].upgradeStrategy.handover.drain.maxSeconds',
        advice: 'lower it if old connections may be cut sooner',
      }
    case 'Resizing':
      return { advice: 'see why the kubelet does not resize the slots: kubectl describe pod' }
    case 'NotUpgradableInPlace':
      return { advice: 'replace the pods, such as by kubectl rollout restart of their workload' }
    case 'WriteFailed':
      return {
        advice: "see why the API server refuses the write: the pod's events, other webhooks",
      }
  }
}

/** Twice as much. */
function more(value: number | string): number | string {
  if (typeof value === 'number') return value * 2
  return `${Math.min(100, Number(value.replace('%', '')) * 2)}%`
}
