import type { DefaultedContainer } from '../../api/defaults/defaultedSpec.ts'
import type { DefaultedHandover, DefaultedSpec } from '../../api/defaults/defaultedSpec.ts'
import { applyDefaults } from '../../api/defaults/applyDefaults.ts'
import type { SidecarSet } from '../../api/v1beta1/sidecarset.ts'

/** A set that selects the pod, and the revision of it that the pod gets. */
export interface InjectableSet {
  readonly set: SidecarSet
  /** See revisionHash in api/revision.ts. */
  readonly hash: string
  readonly revisionName: string
}

/** A container of a set with its defaults, and what injection must know of its set. */
export interface SidecarPlan {
  readonly list: 'initContainers' | 'containers'
  readonly container: DefaultedContainer
  readonly hash: string
}

export type HotContainer = DefaultedContainer & {
  readonly upgradeStrategy: { readonly handover: DefaultedHandover }
}

/** The containers of a set in the order of injection: init containers first. */
export function sidecarPlans({ set, hash }: InjectableSet): readonly SidecarPlan[] {
  const spec: DefaultedSpec = applyDefaults(set.spec)
  return (['initContainers', 'containers'] as const).flatMap((list) =>
    (spec[list] ?? []).map((container) => ({ list, container, hash })),
  )
}

/** True for containers that exist in a pod as two slots. */
export function hasSlots(container: DefaultedContainer): boolean {
  return container.upgradeStrategy.upgradeType === 'HotUpgrade'
}

/** True for hot containers whose listeners Baton hands over. */
export function isHandedOver(container: DefaultedContainer): container is HotContainer {
  return hasSlots(container) && container.upgradeStrategy.handover !== undefined
}
