import type { DefaultedContainer } from '../../../api/defaults/defaultedSpec.ts'
import type { Env, Pod } from '../podTypes.ts'
import { computedResources } from './computedResources.ts'
import { firstAtEachPath, sharedMounts, withSharedDevices } from './sharedMounts.ts'
import { transferredEnv } from './transferredEnv.ts'

/** A container of a set with all that it takes from the app's containers of one pod. */
export interface Completed {
  readonly container: DefaultedContainer
  /** What it does not find there, in sentences. */
  readonly missing: readonly string[]
}

/**
 * Adds to a container what its policies take from the app: mounts, devices, variables, resources.
 * What the container says itself wins. See {@link resourcesProblem} for what must not fail here.
 */
export function completeFromApp(container: DefaultedContainer, pod: Pod): Completed {
  const mounts =
    container.shareVolumePolicy?.type === 'enabled' ? sharedMounts(pod) : { taken: [], missing: [] }
  const own = container.volumeDevices ?? []
  const devices =
    container.shareVolumeDevicePolicy?.type === 'enabled' ? withSharedDevices(own, pod) : own
  const env = transferredEnv(container.transferEnv, pod)
  const policy = container.resourcesPolicy
  const computed = policy === undefined ? undefined : computedResources(policy, pod)
  return {
    container: {
      ...container,
      ...nonEmpty(
        'volumeMounts',
        firstAtEachPath(
          [...(container.volumeMounts ?? []), ...mounts.taken.map(({ mount }) => mount)],
          ({ mountPath }) => mountPath,
        ),
      ),
      ...nonEmpty('volumeDevices', devices),
      ...nonEmpty(
        'env',
        ownFirst(container.env ?? [], [...env.taken, ...mounts.taken.flatMap((one) => one.env)]),
      ),
      ...(computed !== undefined && 'resources' in computed
        ? { resources: computed.resources }
        : {}),
    },
    missing: [...mounts.missing, ...env.missing],
  }
}

/** Why the resources of a container cannot be computed in this pod; undefined when they can. */
export function resourcesProblem(container: DefaultedContainer, pod: Pod): string | undefined {
  const policy = container.resourcesPolicy
  if (policy === undefined) return undefined
  const computed = computedResources(policy, pod)
  return 'problem' in computed ? computed.problem : undefined
}

/** Taken ones come first, so that the container's own variables can refer to them. */
function ownFirst(own: Env, taken: Env): Env {
  const names = new Set(own.map(({ name }) => name))
  const added = taken.filter(({ name }) => !names.has(name))
  return [...firstAtEachPath(added, ({ name }) => name), ...own]
}

function nonEmpty<K extends string, T>(key: K, elements: readonly T[]): Partial<Record<K, T[]>> {
  const field: Partial<Record<K, T[]>> = {}
  if (elements.length > 0) field[key] = [...elements]
  return field
}
