import { applyPatch } from 'rfc6902'
import { GATEWAY_LABEL, setOfGateway } from '../../api/gateway/subject.ts'
import type { RevisionTemplate } from '../../api/revision.ts'
import { withTemplate } from '../../api/revision.ts'
import type { StoredIngressGateway } from '../../api/v1beta1/kinds.ts'
import type { Pod } from '../../runtime/client/kinds.ts'
import { inject } from '../../webhook/inject/inject.ts'
import { omit } from '../../webhook/inject/omit.ts'

/** What all pods of a gateway are made from. */
export interface PodTemplate {
  readonly metadata: {
    readonly labels: Readonly<Record<string, string>>
    readonly annotations: Readonly<Record<string, string>>
  }
  readonly spec: NonNullable<Pod['spec']>
}

export interface RenderOptions {
  /** The revision with which pods start that no webhook sees. */
  readonly revision: {
    readonly hash: string
    readonly name: string
    readonly template: RevisionTemplate
  }
  readonly agentImage: string
  /** Milliseconds since the epoch. */
  readonly nowMs: number
}

/**
 * The pods of a gateway, made as the webhook makes those of apps: so they are complete, and need no
 * webhook. A sentence when such pods cannot be.
 */
export function renderPodTemplate(
  gateway: StoredIngressGateway,
  { revision, agentImage, nowMs }: RenderOptions,
): PodTemplate | string {
  const { labels, annotations, ...rest } = gateway.spec.template ?? {}
  // The secrets are in the revision: pods get them from there.
  const scheduling = omit(rest, 'imagePullSecrets')
  const bare = {
    metadata: {
      labels: { ...labels, [GATEWAY_LABEL]: gateway.metadata.name },
      annotations: { ...annotations },
    },
    spec: { ...scheduling, containers: [] },
  }
  const set = setOfGateway(gateway)
  const injectable = {
    set: { ...set, spec: withTemplate(set.spec, revision.template) },
    hash: revision.hash,
    revisionName: revision.name,
  }
  const { patch, report } = inject(bare, [injectable], { agentImage, nowMs })
  const [skip] = report.skipped
  if (skip !== undefined) return skip.sentence
  const failed = applyPatch(bare, [...patch]).find((one) => one !== null)
  if (failed !== undefined) throw failed
  return bare
}
