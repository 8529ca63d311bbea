import { slotNames } from '../../group.ts'
import type { SidecarSetSpec } from '../../v1beta1/sidecarset.ts'
import { isHot, placedContainers } from '../placedContainer.ts'
import type { Violation } from '../violation.ts'

interface Reference {
  readonly field: string
  readonly containerName: string | undefined
}

/**
 * Resources of a hot container by its name in the set. In pods there is no such container, and the
 * kubelet would start none that asks for it.
 */
export function slotReferenceViolations(spec: SidecarSetSpec): readonly Violation[] {
  const hot = new Set(
    placedContainers(spec).flatMap(({ container }) => (isHot(container) ? [container.name] : [])),
  )
  return [...ofVariables(spec), ...ofFiles(spec)].flatMap(({ field, containerName }) => {
    if (containerName === undefined || !hot.has(containerName)) return []
    const problem = `in pods it is named ${slotNames(containerName).join(' and ')}`
    const remedy = `use ${slotNames(containerName)[0]}`
    return [{ field, value: containerName, problem, remedy }]
  })
}

function ofVariables(spec: SidecarSetSpec): readonly Reference[] {
  return placedContainers(spec).flatMap(({ path, container }) =>
    (container.env ?? []).map(({ valueFrom }, index) => ({
      field: `${path}.env[${index}].valueFrom.resourceFieldRef.containerName`,
      containerName: valueFrom?.resourceFieldRef?.containerName,
    })),
  )
}

function ofFiles({ volumes = [] }: SidecarSetSpec): readonly Reference[] {
  return volumes.flatMap(({ downwardAPI, projected }, volume) => {
    const path = `spec.volumes[${volume}]`
    const groups = [
      { field: `${path}.downwardAPI`, items: downwardAPI?.items ?? [] },
      ...(projected?.sources ?? []).map((source, index) => ({
        field: `${path}.projected.sources[${index}].downwardAPI`,
        items: source.downwardAPI?.items ?? [],
      })),
    ]
    return groups.flatMap(({ field, items }) =>
      items.map(({ resourceFieldRef }, index) => ({
        field: `${field}.items[${index}].resourceFieldRef.containerName`,
        containerName: resourceFieldRef?.containerName,
      })),
    )
  })
}
