import type { SidecarContainer, SidecarSetSpec } from '../v1beta1/sidecarset.ts'

/** A container of a set, and where it stands in the manifest. */
export interface PlacedContainer {
  readonly list: 'initContainers' | 'containers'
  /** Path such as `spec.containers[0]`. */
  readonly path: string
  readonly container: SidecarContainer
}

/** All containers of a set, in the order of the manifest: init containers first. */
export function placedContainers(spec: SidecarSetSpec): readonly PlacedContainer[] {
  return (['initContainers', 'containers'] as const).flatMap((list) =>
    (spec[list] ?? []).map((container, index) => ({
      list,
      path: `spec.${list}[${index}]`,
      container,
    })),
  )
}

/** True for containers that exist in a pod as two slots. */
export function isHot(container: SidecarContainer): boolean {
  return container.upgradeStrategy?.upgradeType === 'HotUpgrade'
}

/** True for hot containers whose listeners Baton hands over. */
export function hasHandover(container: SidecarContainer): boolean {
  return isHot(container) && container.upgradeStrategy?.handover !== undefined
}
