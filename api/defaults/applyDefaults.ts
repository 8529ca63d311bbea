import { perObject } from '../perObject.ts'
import type {
  Canary,
  Drain,
  Handover,
  PodInjectPolicy,
  SidecarContainer,
  SidecarSetSpec,
  UpdateStrategy,
  UpgradeStrategy,
} from '../v1beta1/sidecarset.ts'
import type {
  DefaultedCanary,
  DefaultedContainer,
  DefaultedDrain,
  DefaultedDrainMethod,
  DefaultedHandover,
  DefaultedSpec,
  DefaultedUpdateStrategy,
  DefaultedUpgradeStrategy,
} from './defaultedSpec.ts'

/**
 * Fills in every default of the API. What the user wrote stays, wrong values included: refusing is
 * the task of validation. Applying it twice changes nothing. The argument is not touched.
 */
export const applyDefaults = perObject((spec: SidecarSetSpec): DefaultedSpec => {
  const { containers, initContainers, ...rest } = spec
  return {
    ...rest,
    ...(initContainers === undefined
      ? {}
      : { initContainers: initContainers.map((one) => container(one, 'AfterAppContainer')) }),
    ...(containers === undefined
      ? {}
      : { containers: containers.map((one) => container(one, 'BeforeAppContainer')) }),
    updateStrategy: updateStrategy(spec.updateStrategy ?? {}),
    injectionStrategy: { paused: false, ...spec.injectionStrategy },
    revisionHistoryLimit: spec.revisionHistoryLimit ?? 10,
  }
})

function container(value: SidecarContainer, policy: PodInjectPolicy): DefaultedContainer {
  return {
    ...value,
    podInjectPolicy: value.podInjectPolicy ?? policy,
    upgradeStrategy: upgradeStrategy(value.upgradeStrategy ?? {}),
  }
}

function upgradeStrategy(value: UpgradeStrategy): DefaultedUpgradeStrategy {
  const { handover: wanted, ...rest } = value
  return {
    ...rest,
    upgradeType: value.upgradeType ?? 'ColdUpgrade',
    ...(wanted === undefined ? {} : { handover: handover(wanted) }),
  }
}

function handover(value: Handover): DefaultedHandover {
  return {
    ...value,
    drain: drain(value.drain ?? {}),
    startDeadlineSeconds: value.startDeadlineSeconds ?? 60,
    confirmSeconds: value.confirmSeconds ?? 0,
    privatePorts: privatePortsOf(value),
  }
}

function drain(value: Drain): DefaultedDrain {
  return {
    ...value,
    timerSeconds: value.timerSeconds ?? 15,
    maxSeconds: value.maxSeconds ?? 600,
    method: drainMethod(value.method),
  }
}

function drainMethod(value: Drain['method']): DefaultedDrainMethod {
  if (value === undefined || Object.keys(value).length === 0) return { signal: { name: 'SIGTERM' } }
  const { signal, http, ...rest } = value
  return {
    ...rest,
    ...(signal === undefined ? {} : { signal: { name: signal.name ?? 'SIGTERM' } }),
    ...(http === undefined ? {} : { http: { method: 'POST', path: '/', ...http } }),
  }
}

/**
 * Ports of one process alone. Where it is told to drain is always one: it must never be handed over,
 * since each process answers for itself there.
 */
export function privatePortsOf(value: Handover): readonly number[] {
  const declared = value.privatePorts ?? []
  const { envoy, http } = value.drain?.method ?? {}
  const told = envoy?.adminPort ?? http?.port
  return told === undefined || declared.includes(told) ? declared : [...declared, told]
}

function updateStrategy(value: UpdateStrategy): DefaultedUpdateStrategy {
  const { canary: declared, ...rest } = value
  return {
    ...rest,
    ...(declared === undefined ? {} : { canary: canary(declared) }),
    type: value.type ?? 'RollingUpdate',
    paused: value.paused ?? false,
    partition: value.partition ?? 0,
    maxUnavailable: value.maxUnavailable ?? 1,
    rollbackWindow: { revisions: value.rollbackWindow?.revisions ?? 3 },
    onFailure: value.onFailure ?? 'Rollback',
    failureLimit: value.failureLimit ?? 1,
    progressDeadlineSeconds: value.progressDeadlineSeconds ?? 600,
    prefetchImages: value.prefetchImages ?? true,
  }
}

const DAY_SECONDS = 24 * 60 * 60

function canary(value: Canary): DefaultedCanary {
  return {
    ...value,
    steps: value.steps ?? [],
    maxPauseSeconds: value.maxPauseSeconds ?? DAY_SECONDS,
  }
}
