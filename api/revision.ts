import { createHash } from 'node:crypto'
import { privatePortsOf } from './defaults/applyDefaults.ts'
import { GROUP } from './group.ts'
import type { SidecarContainer, SidecarSetSpec } from './v1beta1/sidecarset.ts'

/** The part of a spec that is injected into pods: two specs with equal templates are one revision. */
export type RevisionTemplate = Pick<
  SidecarSetSpec,
  'containers' | 'initContainers' | 'volumes' | 'imagePullSecrets'
>

const TEMPLATE_KEYS: readonly string[] = [
  'containers',
  'initContainers',
  'volumes',
  'imagePullSecrets',
]

export function revisionTemplate(spec: SidecarSetSpec): RevisionTemplate {
  return {
    ...(spec.initContainers === undefined ? {} : { initContainers: spec.initContainers }),
    ...(spec.containers === undefined ? {} : { containers: spec.containers }),
    ...(spec.volumes === undefined ? {} : { volumes: spec.volumes }),
    ...(spec.imagePullSecrets === undefined ? {} : { imagePullSecrets: spec.imagePullSecrets }),
  }
}

/** The spec with another template: what the template lacks, the result lacks too. */
export function withTemplate(spec: SidecarSetSpec, template: RevisionTemplate): SidecarSetSpec {
  const kept = Object.entries(spec).filter(([key]) => !TEMPLATE_KEYS.includes(key))
  // Without the template's keys, all of which are optional, it is a spec still.
  return { ...(Object.fromEntries(kept) as unknown as SidecarSetSpec), ...template }
}

/** The `data` of a ControllerRevision; undefined for what is no template. */
export function readTemplate(data: unknown): RevisionTemplate | undefined {
  return typeof data === 'object' && data !== null ? data : undefined
}

/** Ten hexadecimal digits; the same for equal templates, whatever the order of their keys. */
export function revisionHash(template: RevisionTemplate): string {
  return digest(template)
}

/**
 * As {@link revisionHash}, blind to what can change in a pod that exists: images, and the terms of
 * handovers that reach the agent by `baton.dev/desired`. Equal means that an in-place upgrade can do
 * it.
 */
export function revisionHashWithoutImage(template: RevisionTemplate): string {
  const { containers, initContainers } = template
  return digest({
    ...template,
    containers: containers?.map(fixedPart),
    initContainers: initContainers?.map(fixedPart),
  })
}

/** What of a container is fixed in a pod. */
function fixedPart(container: SidecarContainer): object {
  const { upgradeStrategy } = container
  const handover = upgradeStrategy?.handover
  if (handover === undefined) return { ...container, image: '' }
  const terms = { drain: undefined, startDeadlineSeconds: undefined, confirmSeconds: undefined }
  // The drain method may make a port private, and the slots have those in their arguments.
  const fixed = { ...handover, ...terms, privatePorts: privatePortsOf(handover) }
  return { ...container, image: '', upgradeStrategy: { ...upgradeStrategy, handover: fixed } }
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
