import type {
  Canary,
  CanaryStep,
  Drain,
  DrainMethod,
  Handover,
  InjectionStrategy,
  IntOrPercent,
  PodInjectPolicy,
  SidecarContainer,
  SidecarSetSpec,
  UpdateStrategy,
  UpdateType,
  FailurePolicy,
  UpgradeStrategy,
  UpgradeType,
} from '../v1beta1/sidecarset.ts'

/** Exactly one key is present; the signal always has a name, the request a method and a path. */
export interface DefaultedDrainMethod extends Omit<DrainMethod, 'signal' | 'http'> {
  readonly signal?: { readonly name: string }
  readonly http?: { readonly method: string; readonly port: number; readonly path: string }
}

export interface DefaultedDrain extends Drain {
  readonly timerSeconds: number
  readonly maxSeconds: number
  readonly method: DefaultedDrainMethod
}

export interface DefaultedHandover extends Handover {
  readonly drain: DefaultedDrain
  readonly startDeadlineSeconds: number
  readonly confirmSeconds: number
  readonly privatePorts: readonly number[]
}

export interface DefaultedUpgradeStrategy extends UpgradeStrategy {
  readonly upgradeType: UpgradeType
  readonly handover?: DefaultedHandover
}

export type DefaultedContainer = SidecarContainer & {
  readonly podInjectPolicy: PodInjectPolicy
  readonly upgradeStrategy: DefaultedUpgradeStrategy
}

export interface DefaultedCanary extends Canary {
  readonly steps: readonly CanaryStep[]
  readonly maxPauseSeconds: number
}

export interface DefaultedUpdateStrategy extends UpdateStrategy {
  readonly type: UpdateType
  readonly paused: boolean
  readonly partition: IntOrPercent
  readonly maxUnavailable: IntOrPercent
  readonly canary?: DefaultedCanary
  readonly rollbackWindow: { readonly revisions: number }
  readonly onFailure: FailurePolicy
  readonly failureLimit: IntOrPercent
  readonly progressDeadlineSeconds: number
  readonly prefetchImages: boolean
}

/** A spec in which every field that has a default is present. */
export interface DefaultedSpec extends SidecarSetSpec {
  readonly initContainers?: readonly DefaultedContainer[]
  readonly containers?: readonly DefaultedContainer[]
  readonly updateStrategy: DefaultedUpdateStrategy
  readonly injectionStrategy: InjectionStrategy & { readonly paused: boolean }
  readonly revisionHistoryLimit: number
}
