import type { Pod } from '../../../runtime/client/kinds.ts'

/** Label that a Deployment gives the pods of one of its ReplicaSets, and the end of its name. */
const TEMPLATE_HASH = 'pod-template-hash'

/**
 * The workload that owns a pod, as `namespace/kind/name`: what its controller is, or the Deployment
 * of a ReplicaSet, so that a new ReplicaSet of the app is no other workload. A pod without a
 * controller is its own.
 */
export function workloadOf({ metadata }: Pod): string {
  const { namespace = '', name, labels = {}, ownerReferences = [] } = metadata
  const owner = ownerReferences.find(({ controller }) => controller === true)
  if (owner === undefined) return `${namespace}/Pod/${name}`
  const hash = labels[TEMPLATE_HASH]
  if (owner.kind === 'ReplicaSet' && hash !== undefined && owner.name.endsWith(`-${hash}`)) {
    return `${namespace}/Deployment/${owner.name.slice(0, -hash.length - 1)}`
  }
  return `${namespace}/${owner.kind}/${owner.name}`
}
