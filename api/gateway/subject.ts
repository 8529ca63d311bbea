import { createHash } from 'node:crypto'
import { API_VERSION, GROUP } from '../group.ts'
import type { StoredIngressGateway, StoredSidecarSet } from '../v1beta1/kinds.ts'
import type { IngressGateway } from '../v1beta1/ingressgateway.ts'
import type { Condition, SidecarSetSpec } from '../v1beta1/sidecarset.ts'

// A gateway is rolled out as a SidecarSet is: by the set that it amounts to, which is stored nowhere.

/** Names the gateway on its Deployment, its Service and its pods. */
export const GATEWAY_LABEL = `${GROUP}/gateway`

/** What the names of the sets of gateways begin with, and those of no other set. */
export const GATEWAY_SET_PREFIX = 'gateway.'

/** Names of such sets that tell namespace and name; long ones have a digest instead. */
const READABLE_GATEWAY = /^gateway\.([^.]+)\.(.+)$/

/** Label that every namespace has: its name. */
const NAMESPACE_NAME_LABEL = 'kubernetes.io/metadata.name'

/** Names of sets are values of labels. */
const LONGEST_NAME = 63

/** Name of the set that a gateway amounts to: of all gateways no two have one. */
export function gatewaySetName(namespace: string, name: string): string {
  const readable = `${GATEWAY_SET_PREFIX}${namespace}.${name}`
  if (readable.length <= LONGEST_NAME) return readable
  const digest = createHash('sha256').update(`${namespace}/${name}`).digest('hex').slice(0, 20)
  return `${GATEWAY_SET_PREFIX}${digest}`
}

export function isGatewaySetName(name: string): boolean {
  return name.startsWith(GATEWAY_SET_PREFIX)
}

/** The gateway that a set stands for; undefined for one that is a set. */
export function gatewayBehind({
  metadata,
  spec,
}: Pick<StoredSidecarSet, 'metadata' | 'spec'>):
  { readonly namespace: string; readonly name: string } | undefined {
  if (!isGatewaySetName(metadata.name)) return undefined
  const name = spec.selector.matchLabels?.[GATEWAY_LABEL]
  const namespace = spec.namespaceSelector?.matchLabels?.[NAMESPACE_NAME_LABEL]
  return name === undefined || namespace === undefined ? undefined : { namespace, name }
}

/** How people call what is rolled out: `SidecarSet mesh`, `IngressGateway shop/edge`. */
export function describeSubject(set: string): string {
  const gateway = readableGateway(set)
  if (gateway !== undefined) return `IngressGateway ${gateway}`
  return `${isGatewaySetName(set) ? 'IngressGateway' : 'SidecarSet'} ${set}`
}

/** How `kubectl baton` is told of it: `mesh`, `gateway/shop/edge`. */
export function subjectWord(set: string): string {
  const gateway = readableGateway(set)
  return gateway === undefined ? set : `gateway/${gateway}`
}

/** `shop/edge`; undefined where the name of the set is no name that tells it. */
function readableGateway(set: string): string | undefined {
  const [, namespace, name] = READABLE_GATEWAY.exec(set) ?? []
  return namespace === undefined || name === undefined ? undefined : `${namespace}/${name}`
}

/** Conditions that are about the Deployment and the Service, not about the rollout. */
export const GATEWAY_CONDITIONS = ['Accepted', 'Available', 'Addressed'] as const

export function isGatewayCondition({ type }: Pick<Condition, 'type'>): boolean {
  return GATEWAY_CONDITIONS.some((one) => one === type)
}

/** The set that a gateway amounts to, with the gateway's version, generation and status. */
export function setOfGateway(gateway: StoredIngressGateway): StoredSidecarSet {
  const { metadata, status } = gateway
  const { name, namespace, ...rest } = metadata
  return {
    apiVersion: API_VERSION,
    kind: 'SidecarSet',
    metadata: { ...rest, name: gatewaySetName(namespace, name) },
    spec: setSpecOfGateway(gateway),
    ...(status === undefined
      ? {}
      : {
          status: {
            ...status,
            ...(status.conditions === undefined
              ? {}
              : { conditions: status.conditions.filter((one) => !isGatewayCondition(one)) }),
          },
        }),
  }
}

/** The spec of that set: one hot container in the pods of the gateway. */
export function setSpecOfGateway({ metadata, spec }: IngressGateway): SidecarSetSpec {
  const { proxy, volumes, template, updateStrategy, revisionHistoryLimit } = spec
  const { name = '', namespace = '' } = metadata
  return {
    selector: { matchLabels: { [GATEWAY_LABEL]: name } },
    namespaceSelector: { matchLabels: { [NAMESPACE_NAME_LABEL]: namespace } },
    containers: [
      {
        ...proxy,
        upgradeStrategy: {
          ...proxy.upgradeStrategy,
          upgradeType: 'HotUpgrade',
          handover: proxy.upgradeStrategy?.handover ?? {},
        },
      },
    ],
    ...(volumes === undefined ? {} : { volumes }),
    ...(template?.imagePullSecrets === undefined
      ? {}
      : { imagePullSecrets: template.imagePullSecrets }),
    ...(updateStrategy === undefined ? {} : { updateStrategy }),
    ...(revisionHistoryLimit === undefined ? {} : { revisionHistoryLimit }),
  }
}
