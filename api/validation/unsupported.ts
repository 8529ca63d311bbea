import type { SidecarSetSpec } from '../v1beta1/sidecarset.ts'
import { placedContainers } from './placedContainer.ts'

/** Fields of OpenKruise's containers that this version keeps in the object but does not act on. */
const FIELDS = ['shareVolumePolicy', 'shareVolumeDevicePolicy', 'transferEnv', 'resourcesPolicy']

/** Sentences about fields that are accepted, so that manifests can move over, but have no effect. */
export function unsupportedFields(spec: SidecarSetSpec): readonly string[] {
  return placedContainers(spec).flatMap(({ path, container }) =>
    Object.entries(container)
      .filter(([key, value]) => FIELDS.includes(key) && !isDisabled(value))
      .map(([key]) => `${path}.${key} has no effect: this version of Baton does not support it.`),
  )
}

/** What the share policies are without being written. */
function isDisabled(value: unknown): boolean {
  return (value as { readonly type?: unknown } | null)?.type === 'disabled'
}
