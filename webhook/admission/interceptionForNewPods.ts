import type { Interception } from '../../api/interception/desired.ts'
import { claimantOf } from '../../api/interception/claims.ts'
import { startsEnabled } from '../../api/interception/newPods.ts'
import { proxyUsers, wantedInterception } from '../../api/interception/wanted.ts'
import type { StoredTrafficInterception } from '../../api/v1beta1/kinds.ts'
import type { Pod } from '../inject/podTypes.ts'

/**
 * What a new pod starts with: the state that its app has now, so that no packet goes another way than
 * those of its siblings. Undefined when no object means it. A pod has no node yet, so objects that are
 * narrowed to nodes do not mean it; the operator comes back to that when it has one.
 * @param namespace of the pod, which need not stand in it when it is created
 */
export function interceptionForNewPod(
  injected: Pod,
  namespace: string,
  objects: readonly StoredTrafficInterception[],
): Interception | undefined {
  const pod = { ...injected, metadata: { ...injected.metadata, namespace } }
  const object = claimantOf(pod, objects, undefined)
  if (object === undefined) return undefined
  return wantedInterception(object, proxyUsers(pod), startsEnabled(object))
}
