import type { SidecarPlan } from './injectableSet.ts'
import type { Container, Pod } from './podTypes.ts'
import type { Skip } from './skipReasons.ts'

const DEFAULT_GRACE_SECONDS = 30

/** What a set's containers need of the pod that this one lacks: the API server would refuse it. */
export function podLackSkip(pod: Pod, plans: readonly SidecarPlan[]): Skip | undefined {
  const grace = pod.spec?.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS
  const claims = new Set((pod.spec?.resourceClaims ?? []).map(({ name }) => name))
  for (const { container } of plans) {
    const { name, lifecycle, resources } = container
    const seconds = lifecycle?.preStop?.sleep?.seconds ?? 0
    if (seconds > grace) {
      const sentence = `Container ${name} sleeps for ${seconds} s before it ends, and the pod gives ${grace} s for that; raise terminationGracePeriodSeconds of the pod, or let it sleep for less.`
      return { reason: 'PreStopTooLong', sentence }
    }
    const device = fileSystemDevice(pod, container)
    if (device !== undefined) {
      const sentence = `Container ${name} has the volume ${device} as a block device, and the pod has one of this name that is none; rename one of them.`
      return { reason: 'VolumeNameClash', sentence }
    }
    const missing = (resources?.claims ?? []).find((claim) => !claims.has(claim.name))
    if (missing === undefined) continue
    const sentence = `Container ${name} needs the resource claim ${missing.name}, which the pod does not have; add it to spec.resourceClaims of the pod.`
    return { reason: 'ResourceClaimMissing', sentence }
  }
  return undefined
}

/** A volume of the pod itself, which wins over the set's, that cannot be a block device. */
function fileSystemDevice(
  pod: Pod,
  { volumeDevices = [] }: Pick<Container, 'volumeDevices'>,
): string | undefined {
  const others = (pod.spec?.volumes ?? []).filter(
    ({ persistentVolumeClaim, ephemeral }) =>
      persistentVolumeClaim === undefined && ephemeral === undefined,
  )
  return volumeDevices.find((device) => others.some(({ name }) => name === device.name))?.name
}
