import type { RevisionTemplate } from '../../api/revision.ts'
import type { SidecarSetSpec } from '../../api/v1beta1/sidecarset.ts'
import type { JsonPatchOperation } from '../../runtime/client/options.ts'

const KEYS = [
  'initContainers',
  'containers',
  'volumes',
  'imagePullSecrets',
  'patchPodMetadata',
] as const satisfies readonly (keyof RevisionTemplate)[]

/** What gives a spec another template: what the template lacks is taken away. */
export function templateOperations(
  spec: SidecarSetSpec,
  template: RevisionTemplate,
): readonly JsonPatchOperation[] {
  return KEYS.flatMap((key): readonly JsonPatchOperation[] => {
    const path = `/spec/${key}`
    const value = template[key]
    if (value !== undefined) return [{ op: 'add', path, value }]
    return spec[key] === undefined ? [] : [{ op: 'remove', path }]
  })
}
