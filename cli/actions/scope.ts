import { podRevisions } from '../../api/podRecord.ts'
import type { StoredSidecarSet } from '../../api/v1beta1/kinds.ts'
import { PODS } from '../../runtime/client/kinds.ts'
import { isApiError } from '../../runtime/transport/apiError.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { namespaceOfPods } from '../cluster/subjects.ts'
import { selectorText } from '../cluster/selectorText.ts'

export interface Scope {
  readonly pods: number
  readonly namespaces: number
}

/** How much a change of the set concerns; by its status when pods may not be listed. */
export async function scopeOf({ client }: Cluster, set: StoredSidecarSet): Promise<Scope> {
  try {
    const labelSelector = selectorText(set.spec.selector)
    const { items } = await client.resource(PODS).list({ labelSelector, ...namespaceOfPods(set) })
    const own = items.filter(
      ({ metadata }) => podRevisions(metadata.annotations)[set.metadata.name] !== undefined,
    )
    return {
      pods: own.length,
      namespaces: new Set(own.map(({ metadata }) => metadata.namespace)).size,
    }
  } catch (error) {
    if (!isApiError(error, 'Forbidden')) throw error
    return { pods: set.status?.matchedPods ?? 0, namespaces: 0 }
  }
}

/** `12 pods in 3 namespaces` */
export function scopeText({ pods, namespaces }: Scope): string {
  const many = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`
  const where = namespaces === 0 ? '' : ` in ${many(namespaces, 'namespace')}`
  return `${many(pods, 'pod')}${where}`
}
