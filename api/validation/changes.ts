import type { SidecarSet } from '../v1beta1/sidecarset.ts'
import { placedContainers } from './placedContainer.ts'
import type { Violation } from './violation.ts'

/**
 * What an update may not change. The containers of a running pod are fixed, so nothing can be added
 * or renamed, and a container cannot turn into two slots or back; removing only affects new pods.
 */
export function changeViolations(old: SidecarSet, updated: SidecarSet): readonly Violation[] {
  const before = new Map(
    placedContainers(old.spec).map((placed) => [
      `${placed.list}/${placed.container.name}`,
      placed.container,
    ]),
  )
  return placedContainers(updated.spec).flatMap(({ list, path, container }) => {
    const was = before.get(`${list}/${container.name}`)
    if (was === undefined) {
      const problem =
        'containers cannot be added or renamed in an update, since the containers of running pods are fixed'
      const remedy = 'keep the name, or create another SidecarSet with the new container'
      return [{ field: `${path}.name`, value: container.name, problem, remedy }]
    }
    const from = was.upgradeStrategy?.upgradeType ?? 'ColdUpgrade'
    const to = container.upgradeStrategy?.upgradeType ?? 'ColdUpgrade'
    if (from === to) return []
    const field = `${path}.upgradeStrategy.upgradeType`
    const problem = `it was ${from}, and running pods cannot change it`
    const remedy = `set it back to ${from}, or create another SidecarSet`
    return [{ field, value: to, problem, remedy }]
  })
}
