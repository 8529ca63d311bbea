import { PODS } from '../../runtime/client/kinds.ts'
import type { Pod } from '../../runtime/client/kinds.ts'
import { isApiError } from '../../runtime/transport/apiError.ts'
import { CliError } from '../cliError.ts'
import { nearest } from '../commandline/nearest.ts'
import type { Cluster } from './cluster.ts'

/**
 * A pod named as `pod/web-1`, `web-1` or `shop/web-1`. Errors: CliError when there is none.
 */
export async function readPod(cluster: Cluster, name: string): Promise<Pod> {
  const ref = podRef(name, cluster.namespace)
  try {
    return await cluster.client.resource(PODS).get(ref)
  } catch (error) {
    if (!isApiError(error, 'NotFound')) throw error
  }
  throw new CliError({
    exit: 'error',
    reason: 'NotFound',
    message: `there is no pod "${ref.name}" in namespace ${ref.namespace}`,
    remedy: await remedyFor(cluster, ref),
  })
}

export function podRef(
  name: string,
  namespace: string,
): { readonly namespace: string; readonly name: string } {
  const plain = name.replace(/^pods?\//, '')
  const [first = '', second] = plain.split('/')
  return second === undefined ? { namespace, name: first } : { namespace: first, name: second }
}

async function remedyFor(
  { client }: Cluster,
  { namespace, name }: { readonly namespace: string; readonly name: string },
): Promise<string> {
  const elsewhere = 'name another, or its namespace by -n'
  try {
    const { items } = await client.resource(PODS).list({ namespace })
    const near = nearest(
      name,
      items.map(({ metadata }) => metadata.name),
    )
    return near === undefined ? elsewhere : `did you mean "${near}"?`
  } catch (error) {
    if (isApiError(error, 'Forbidden')) return elsewhere
    throw error
  }
}
