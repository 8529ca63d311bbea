import { createHash } from 'node:crypto'
import { GROUP } from './group.ts'
import type { SidecarContainer, SidecarSetSpec } from './v1beta1/sidecarset.ts'

/** The part of a spec that is injected into pods: two specs with equal templates are one revision. */
export type RevisionTemplate = Pick<
  SidecarSetSpec,
  'containers' | 'initContainers' | 'volumes' | 'imagePullSecrets'
>

export function revisionTemplate(spec: SidecarSetSpec): RevisionTemplate {
  return {
    ...(spec.initContainers === undefined ? {} : { initContainers: spec.initContainers }),
    ...(spec.containers === undefined ? {} : { containers: spec.containers }),
    ...(spec.volumes === undefined ? {} : { volumes: spec.volumes }),
    ...(spec.imagePullSecrets === undefined ? {} : { imagePullSecrets: spec.imagePullSecrets }),
  }
}

/** Ten hexadecimal digits; the same for equal templates, whatever the order of their keys. */
export function revisionHash(template: RevisionTemplate): string {
  return digest(template)
}

/** As {@link revisionHash}, blind to images: equal means that an in-place upgrade can do it. */
export function revisionHashWithoutImage(template: RevisionTemplate): string {
  const blank = (container: SidecarContainer): SidecarContainer => ({ ...container, image: '' })
  return digest({
    ...template,
    ...(template.containers === undefined ? {} : { containers: template.containers.map(blank) }),
    ...(template.initContainers === undefined
      ? {}
      : { initContainers: template.initContainers.map(blank) }),
  })
}

/** Name of the ControllerRevision that keeps a template. */
export function revisionName(set: string, hash: string): string {
  return `${set}-${hash}`
}

/** Label on ControllerRevisions that names their set. */
export const REVISION_SET_LABEL = `${GROUP}/sidecarset-name`

function digest(value: unknown): string {
  return createHash('sha256').update(canonical(value)).digest('hex').slice(0, 10)
}

/** JSON with sorted keys and without absent values: equal meaning gives equal text. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value)
      .filter(([, element]) => element !== undefined && element !== null)
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, element]) => `${JSON.stringify(key)}:${canonical(element)}`)
    return `{${entries.join(',')}}`
  }
  return JSON.stringify(value)
}
