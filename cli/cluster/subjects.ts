import { gatewayBehind, isGatewaySetName, setOfGateway } from '../../api/gateway/subject.ts'
import { INGRESS_GATEWAYS, SIDECAR_SETS } from '../../api/v1beta1/kinds.ts'
import type { StoredIngressGateway, StoredSidecarSet } from '../../api/v1beta1/kinds.ts'
import type { JsonPatchOperation, PatchOptions } from '../../runtime/client/options.ts'
import { isApiError } from '../../runtime/transport/apiError.ts'
import { CliError } from '../cliError.ts'
import type { Cluster } from './cluster.ts'
import { ofGateway } from './gatewayOperations.ts'
import { listSets, readSet } from './sets.ts'

// Commands about rollouts know sets alone. A gateway stands for the set that it amounts to.

const GATEWAY = /^(?:gateways?|igw|ingressgateways?)\/(?:([^/]+)\/)?([^/]+)$/

/**
 * What people name: a SidecarSet as `mesh`, a gateway as `gateway/edge` or `gateway/shop/edge`.
 * Errors: CliError when there is none.
 */
export async function readSubject(cluster: Cluster, word: string): Promise<StoredSidecarSet> {
  if (isGatewaySetName(word)) {
    const found = (await listGateways(cluster)).find(({ metadata }) => metadata.name === word)
    if (found !== undefined) return found
  }
  const [, namespace = cluster.namespace, name] = GATEWAY.exec(word) ?? []
  if (name === undefined) return readSet(cluster, word.replace(/^(?:sidecarsets?|scs)\//, ''))
  const gateway = await cluster.client.resource(INGRESS_GATEWAYS).find({ namespace, name })
  if (gateway !== undefined) return setOfGateway(gateway)
  throw new CliError({
    exit: 'error',
    reason: 'NotFound',
    message: `there is no IngressGateway "${name}" in namespace ${namespace}`,
    remedy: 'name another, or its namespace as in gateway/shop/edge',
  })
}

/** All SidecarSets, and the sets of the gateways that the user may list. */
export async function listSubjects(cluster: Cluster): Promise<readonly StoredSidecarSet[]> {
  return [...(await listSets(cluster)), ...(await listGateways(cluster))]
}

async function listGateways({ client }: Cluster): Promise<readonly StoredSidecarSet[]> {
  try {
    return (await client.resource(INGRESS_GATEWAYS).list()).items.map(setOfGateway)
  } catch (error) {
    // Who may not see them, or has none of the kind, asked about sets.
    if (isApiError(error, 'Forbidden', 'NotFound')) return []
    throw error
  }
}

/** As it is now; undefined when it is gone. */
export async function findAgain(
  { client }: Cluster,
  set: StoredSidecarSet,
): Promise<StoredSidecarSet | undefined> {
  const ref = gatewayBehind(set)
  if (ref === undefined) return client.resource(SIDECAR_SETS).find({ name: set.metadata.name })
  const gateway = await client.resource(INGRESS_GATEWAYS).find(ref)
  return gateway === undefined ? undefined : setOfGateway(gateway)
}

/** Carries operations on the set out, on the gateway where it stands for one. Errors: ApiError. */
export async function patchSubject(
  { client }: Cluster,
  set: StoredSidecarSet,
  operations: readonly JsonPatchOperation[],
  options: PatchOptions,
): Promise<StoredSidecarSet> {
  const ref = gatewayBehind(set)
  if (ref === undefined) {
    const { name } = set.metadata
    return client.resource(SIDECAR_SETS).jsonPatch({ name }, operations, options)
  }
  const gateways = client.resource(INGRESS_GATEWAYS)
  const own = operations.map(ofGateway)
  const gateway: StoredIngressGateway = await gateways.jsonPatch(ref, own, options)
  return setOfGateway(gateway)
}

/** Where the pods are that it may have: those of a gateway are all in its namespace. */
export function namespaceOfPods(set: StoredSidecarSet): { readonly namespace?: string } {
  const ref = gatewayBehind(set)
  return ref === undefined ? {} : { namespace: ref.namespace }
}
