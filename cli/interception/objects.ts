import { matchesSelector } from '../../api/labelSelector.ts'
import { TRAFFIC_INTERCEPTIONS } from '../../api/v1beta1/kinds.ts'
import type { StoredTrafficInterception } from '../../api/v1beta1/kinds.ts'
import { NODES, PODS } from '../../runtime/client/kinds.ts'
import type { Pod } from '../../runtime/client/kinds.ts'
import { isApiError } from '../../runtime/transport/apiError.ts'
import { CliError } from '../cliError.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { notInstalled } from '../cluster/explain.ts'
import { ifAllowed } from '../cluster/ifAllowed.ts'
import { selectorText } from '../cluster/selectorText.ts'
import { nearest } from '../commandline/nearest.ts'

/** Undefined when there is none. Errors: CliError when the cluster does not know the kind. */
export async function findInterception(
  cluster: Cluster,
  app: string,
): Promise<StoredTrafficInterception | undefined> {
  const { namespace } = cluster
  const objects = cluster.client.resource(TRAFFIC_INTERCEPTIONS)
  const found = await objects.find({ namespace, name: app })
  if (found !== undefined) return found
  await listInterceptions(cluster)
  return undefined
}

/** Errors: CliError with the name that was probably meant. */
export async function readInterception(
  cluster: Cluster,
  app: string,
): Promise<StoredTrafficInterception> {
  const found = await findInterception(cluster, app)
  if (found !== undefined) return found
  const names = (await listInterceptions(cluster)).map(({ metadata }) => metadata.name)
  const near = nearest(app, names)
  throw new CliError({
    exit: 'error',
    reason: 'NotFound',
    message: `there is no TrafficInterception "${app}" in namespace ${cluster.namespace}`,
    remedy:
      near === undefined
        ? 'name its namespace by -n, or create one by intercept on --create'
        : `did you mean "${near}"?`,
  })
}

async function listInterceptions(cluster: Cluster): Promise<readonly StoredTrafficInterception[]> {
  try {
    const { namespace } = cluster
    return (await cluster.client.resource(TRAFFIC_INTERCEPTIONS).list({ namespace })).items
  } catch (error) {
    throw isApiError(error, 'NotFound') ? notInstalled(cluster) : error
  }
}

/** Pods that an object selects; by nodes as far as these may be read. */
export async function podsOfInterception(
  { client }: Cluster,
  { metadata, spec }: Pick<StoredTrafficInterception, 'metadata' | 'spec'>,
  notes: string[],
): Promise<readonly Pod[]> {
  const { namespace } = metadata
  const labelSelector = selectorText(spec.selector)
  const { items } = await client.resource(PODS).list({ namespace, labelSelector })
  const named = items.filter(
    (pod) => spec.podNames === undefined || spec.podNames.includes(pod.metadata.name),
  )
  const { nodeSelector } = spec
  if (nodeSelector === undefined) return named
  const nodes = await ifAllowed('nodes', notes, undefined, async () => {
    const list = await client.resource(NODES).list()
    return new Set(
      list.items
        .filter((node) => matchesSelector({ matchLabels: nodeSelector }, node.metadata.labels))
        .map((node) => node.metadata.name),
    )
  })
  return nodes === undefined
    ? named
    : named.filter(({ spec: pod }) => nodes.has(pod?.nodeName ?? ''))
}
