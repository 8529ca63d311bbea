import { createHash } from 'node:crypto'
import { canonicalJson } from '../../api/canonicalJson.ts'
import { setOfGateway } from '../../api/gateway/subject.ts'
import { GROUP } from '../../api/group.ts'
import { revisionHashWithoutImage, revisionTemplate } from '../../api/revision.ts'
import type { StoredIngressGateway } from '../../api/v1beta1/kinds.ts'
import type { Deployment } from '../../runtime/client/kinds.ts'
import type { PodTemplate } from './podTemplate.ts'

/**
 * On the Deployment: what its pods are made from. It is written anew only when pods must be replaced
 * anyway. What the rollout changes in running pods (the image, the terms of a handover) must not
 * reach the template, nor must an agent or a Baton that is newer: the Deployment would replace pods.
 */
export const TEMPLATE_ANNOTATION = `${GROUP}/gateway-template`

export interface KeptTemplate {
  /** Digest of what cannot change in a pod: another one makes new pods. */
  readonly digest: string
  readonly template: PodTemplate
}

/** See KeptTemplate. */
export function fixedDigest(gateway: StoredIngressGateway): string {
  const shape = revisionHashWithoutImage(revisionTemplate(setOfGateway(gateway).spec))
  const { template = {} } = gateway.spec
  return createHash('sha256').update(canonicalJson({ shape, template })).digest('hex').slice(0, 10)
}

/** Undefined when there is none, or none that can be read. */
export function readKept(deployment: Deployment | undefined): KeptTemplate | undefined {
  const text = deployment?.metadata.annotations?.[TEMPLATE_ANNOTATION]
  if (text === undefined) return undefined
  try {
    const kept = JSON.parse(text) as Partial<KeptTemplate> | null
    return typeof kept?.digest === 'string' && Array.isArray(kept.template?.spec.containers)
      ? { digest: kept.digest, template: kept.template }
      : undefined
  } catch {
    return undefined
  }
}

export function formatKept(kept: KeptTemplate): string {
  return JSON.stringify(kept)
}
