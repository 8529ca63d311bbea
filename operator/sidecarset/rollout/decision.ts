import type { HandoverStatus } from '../../../api/agentStatus.ts'
import type { HeldBack } from '../resize/crashBackOff.ts'
import type { SlotSize } from '../resize/slotSize.ts'
import type { ContainerStep } from './containerSteps.ts'
import type { PodView } from './podView.ts'
import type { RecordedResult } from './recordedResult.ts'
import type { Revision } from './revision.ts'
import type { UpgradeState } from './upgradeState.ts'

/** Why nothing is done with a pod. */
export const idleReasons = [
  'UpToDate',
  'InFlight',
  'FailedBefore',
  'NotUpgradableInPlace',
  'NotUpdate',
  'Paused',
  'RolloutStopped',
  'NotSelected',
  'KeptByPartition',
  'CanaryStep',
  'Analysis',
  'ImagePulling',
  'ImagePullFailed',
  'StillDraining',
  'Resizing',
  'MaxUnavailable',
  'MaxUnavailablePerWorkload',
  'WriteFailed',
] as const
export type IdleReason = (typeof idleReasons)[number]

/** What to do with one pod now: at most one write. */
export type Decision =
  /** Image of the idle slot (or of cold containers) and annotations, in one PATCH. */
  | {
      readonly kind: 'startUpgrade'
      readonly view: PodView
      readonly target: Revision
      readonly steps: readonly ContainerStep[]
      /** Why the slots did not get the size they should have, when they did not. */
      readonly resizeObstacle?: string
    }
  /**
   * As startUpgrade, but every image is there already: annotations only. With nothing but `keep`
   * the agent gets new terms for its next handover, and the pod its record of the revision.
   */
  | {
      readonly kind: 'swapBack'
      readonly view: PodView
      readonly target: Revision
      readonly steps: readonly ContainerStep[]
    }
  /** Sidecars have migrated to their new slots: the old ones are reset. */
  | {
      readonly kind: 'startReset'
      readonly view: PodView
      readonly state: UpgradeState
      readonly handovers: readonly HandoverStatus[]
    }
  /** The hot containers are through: the cold ones restart. */
  | {
      readonly kind: 'startCold'
      readonly view: PodView
      readonly target: Revision
      readonly state: UpgradeState
      readonly handovers: readonly HandoverStatus[]
    }
  /** The attempt is over: one PATCH of the pod's status. */
  | {
      readonly kind: 'recordResult'
      readonly view: PodView
      readonly result: RecordedResult
      readonly handovers: readonly HandoverStatus[]
    }
  /** The failure is recorded: annotations (and images of cold containers) go back. */
  | { readonly kind: 'revertFailed'; readonly view: PodView; readonly state: UpgradeState }
  /** Slots get other requests, before an upgrade or after one; the kubelet restarts nothing. */
  | {
      readonly kind: 'resize'
      readonly view: PodView
      /** `growth` comes before an upgrade, which follows in any case. */
      readonly purpose: 'growth' | 'upkeep'
      readonly sizes: Readonly<Record<string, SlotSize>>
    }
  /** A container is held back by the kubelet: a resize lets it start. */
  | { readonly kind: 'endBackOff'; readonly view: PodView; readonly heldBack: HeldBack }
  | {
      readonly kind: 'none'
      readonly view: PodView
      readonly reason: IdleReason
      readonly sentence: string
    }

/** Is an upgrade over with this decision, and well? */
export function isSuccess(decision: Decision): boolean {
  return decision.kind === 'recordResult' && decision.result.outcome === 'settled'
}
