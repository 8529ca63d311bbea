import { createHash } from 'node:crypto'
import { canonicalJson } from './canonicalJson.ts'
import { applyDefaults, privatePortsOf } from './defaults/applyDefaults.ts'
import { GROUP } from './group.ts'
import { perObject } from './perObject.ts'
import type { SidecarContainer, SidecarSetSpec } from './v1beta1/sidecarset.ts'

/** The part of a spec that is injected into pods: two specs with equal templates are one revision. */
export type RevisionTemplate = Pick<
  SidecarSetSpec,
  'containers' | 'initContainers' | 'volumes' | 'imagePullSecrets' | 'patchPodMetadata'
>

const TEMPLATE_KEYS: readonly string[] = [
  'containers',
  'initContainers',
  'volumes',
  'imagePullSecrets',
  'patchPodMetadata',
]

/**
 * With all defaults: a set that was stored before there was a webhook to fill them in has the same
 * revision as afterwards.
 */
export const revisionTemplate = perObject((spec: SidecarSetSpec): RevisionTemplate => {
  const { containers, initContainers } = applyDefaults(spec)
  return {
    ...(initContainers === undefined ? {} : { initContainers }),
    ...(containers === undefined ? {} : { containers }),
    ...(spec.volumes === undefined ? {} : { volumes: spec.volumes }),
    ...(spec.imagePullSecrets === undefined ? {} : { imagePullSecrets: spec.imagePullSecrets }),
    ...(spec.patchPodMetadata === undefined ? {} : { patchPodMetadata: spec.patchPodMetadata }),
  }
})

/** The spec with another template: what the template lacks, the result lacks too. */
export function withTemplate(spec: SidecarSetSpec, template: RevisionTemplate): SidecarSetSpec {
  const kept = Object.entries(spec).filter(([key]) => !TEMPLATE_KEYS.includes(key))
  // Without the template's keys, all of which are optional, it is a spec still.
  return { ...(Object.fromEntries(kept) as unknown as SidecarSetSpec), ...template }
}

/** What a ControllerRevision keeps: a patch that brings a set back to the template, as OpenKruise's. */
export interface RevisionData {
  readonly spec: RevisionTemplate & { readonly $patch: 'replace' }
}

export function revisionData(template: RevisionTemplate): RevisionData {
  return { spec: { ...template, $patch: 'replace' } }
}

/** The template in the `data` of a ControllerRevision; undefined for what is none. */
export function readTemplate(data: unknown): RevisionTemplate | undefined {
  if (typeof data !== 'object' || data === null) return undefined
  // The first operators kept the template alone.
  const { spec = data } = data as Partial<RevisionData>
  const kept = Object.entries(spec).filter(([key]) => TEMPLATE_KEYS.includes(key))
  return Object.fromEntries(kept)
}

/** Ten hexadecimal digits; the same for equal templates, whatever the order of their keys. */
export const revisionHash: (template: RevisionTemplate) => string = perObject(digest)

/**
 * As {@link revisionHash}, blind to what can change in a pod that exists: images, annotations, and
 * the terms of handovers that reach the agent by `baton.dev/desired`. Equal means that an in-place upgrade can do
 * it.
 */
export const revisionHashWithoutImage = perObject((template: RevisionTemplate): string => {
  const { containers, initContainers } = template
  return digest({
    ...template,
    patchPodMetadata: undefined,
    containers: containers?.map(fixedPart),
    initContainers: initContainers?.map(fixedPart),
  })
})

/** What of a container is fixed in a pod. */
function fixedPart(container: SidecarContainer): object {
  const { upgradeStrategy } = container
  if (upgradeStrategy === undefined) return { ...container, image: '' }
  // Idle slots get it when they are reset the next time.
  const strategy = { ...upgradeStrategy, hotUpgradeEmptyImage: undefined }
  const { handover } = strategy
  if (handover === undefined) return { ...container, image: '', upgradeStrategy: strategy }
  const terms = { drain: undefined, startDeadlineSeconds: undefined, confirmSeconds: undefined }
  // The drain method may make a port private, and the slots have those in their arguments.
  const fixed = { ...handover, ...terms, privatePorts: privatePortsOf(handover) }
  return { ...container, image: '', upgradeStrategy: { ...strategy, handover: fixed } }
}

/** Name of the ControllerRevision that keeps a template. */
export function revisionName(set: string, hash: string): string {
  return `${set}-${hash}`
}

/** Label on ControllerRevisions that names their set. */
export const REVISION_SET_LABEL = `${GROUP}/sidecarset-name`

/** Label on ControllerRevisions with the version that their set's author gave them. */
export const CUSTOM_VERSION_LABEL = `${GROUP}/sidecarset-custom-version`

function digest(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex').slice(0, 10)
}
