import { GATEWAY_LABEL, setOfGateway } from '../../api/gateway/subject.ts'
import {
  revisionHash,
  revisionHashWithoutImage,
  revisionName,
  revisionTemplate,
} from '../../api/revision.ts'
import type { StoredIngressGateway } from '../../api/v1beta1/kinds.ts'
import type { Deployment } from '../../runtime/client/kinds.ts'
import type { Applicable } from '../../runtime/client/options.ts'
import type { Revision } from '../sidecarset/rollout/revision.ts'
import { fixedDigest, formatKept, readKept, TEMPLATE_ANNOTATION } from './keptTemplate.ts'
import type { KeptTemplate } from './keptTemplate.ts'
import { ownedMetadata } from './ownedMetadata.ts'
import type { RenderOptions } from './podTemplate.ts'
import { renderPodTemplate } from './podTemplate.ts'

export interface DeploymentInput {
  readonly gateway: StoredIngressGateway
  /** What is there. */
  readonly existing: Deployment | undefined
  /** Revisions of the gateway that are stored. */
  readonly revisions: readonly Revision[]
  readonly agentImage: string
  /** Milliseconds since the epoch. */
  readonly nowMs: number
}

/** The Deployment of a gateway, exactly the fields that are ours; a sentence when it cannot be. */
export function gatewayDeployment(input: DeploymentInput): Applicable<Deployment> | string {
  const kept = templateOf(input)
  if (typeof kept === 'string') return kept
  const { gateway } = input
  const { name } = gateway.metadata
  return {
    metadata: {
      ...ownedMetadata(gateway),
      annotations: { [TEMPLATE_ANNOTATION]: formatKept(kept) },
    },
    spec: {
      replicas: gateway.spec.replicas ?? 1,
      selector: { matchLabels: { [GATEWAY_LABEL]: name } },
      // A new pod serves before an old one goes.
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: '25%' } },
      template: kept.template,
    },
  }
}

/** The template that there is, unless the pods cannot be brought to what is wanted. */
function templateOf(input: DeploymentInput): KeptTemplate | string {
  const { gateway, existing, agentImage, nowMs } = input
  const digest = fixedDigest(gateway)
  const kept = readKept(existing)
  if (kept?.digest === digest) return kept
  const revision = firstRevision(input)
  const template = renderPodTemplate(gateway, { revision, agentImage, nowMs })
  return typeof template === 'string' ? template : { digest, template }
}

/**
 * What new pods start with where no webhook says otherwise: the revision that all pods had last, as
 * one that is not proven yet must take its steps; the latest where that one has another shape.
 */
function firstRevision({ gateway, revisions }: DeploymentInput): RenderOptions['revision'] {
  const { spec, metadata, status } = setOfGateway(gateway)
  const template = revisionTemplate(spec)
  const hash = revisionHash(template)
  const shape = revisionHashWithoutImage(template)
  const current = revisions.find((one) => one.hash === status?.currentRevision)
  return current?.hashWithoutImage === shape
    ? current
    : { hash, name: revisionName(metadata.name, hash), template }
}
