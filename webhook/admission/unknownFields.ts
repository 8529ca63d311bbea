import { V1Container, V1Volume } from '@kubernetes/client-node'
import type { SidecarContainer, SidecarSetSpec } from '../../api/v1beta1/sidecarset.ts'

/** Every field that we add to those of a core container. */
const OURS: Readonly<Record<Exclude<keyof SidecarContainer, keyof V1Container>, true>> = {
  podInjectPolicy: true,
  upgradeStrategy: true,
  shareVolumePolicy: true,
  shareVolumeDevicePolicy: true,
  transferEnv: true,
  resourcesPolicy: true,
}

const CONTAINER_FIELDS = new Set([...namesOf(V1Container), ...Object.keys(OURS)])
const VOLUME_FIELDS = new Set(namesOf(V1Volume))

/**
 * Sentences about fields of containers and volumes that we do not know. They are kept, for a newer
 * Kubernetes may know them; but most of them are misspelt, and then no pod ever gets them.
 */
export function unknownFields(spec: SidecarSetSpec): readonly string[] {
  const unknown = (['initContainers', 'containers', 'volumes'] as const).flatMap((list) => {
    const known = list === 'volumes' ? VOLUME_FIELDS : CONTAINER_FIELDS
    return (spec[list] ?? []).flatMap((item, index) =>
      Object.keys(item)
        .filter((key) => !known.has(key))
        .map((key) => `spec.${list}[${index}].${key}`),
    )
  })
  return unknown.map(
    (field) =>
      `${field} is no field that is known here, and lost unless the Kubernetes of the pods knows it; is it misspelt?`,
  )
}

function namesOf(model: { getAttributeTypeMap(): readonly { readonly baseName: string }[] }) {
  return model.getAttributeTypeMap().map(({ baseName }) => baseName)
}
