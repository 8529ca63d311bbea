import type { Decision } from '../../operator/sidecarset/rollout/decision.ts'
import type { Pod } from '../../runtime/client/kinds.ts'
import type { Rollout } from '../rollout/rollout.ts'
import { podRow } from './podRow.ts'
import type { RevisionStatus } from './statusShape.ts'

/** The pods of a rollout, by revision and workload; the latest revision comes first. */
export function revisionTree(rollout: Rollout): readonly RevisionStatus[] {
  const { plan, latest, current, known } = rollout
  const byHash = Map.groupBy(plan.decisions, ({ view }) => view.entry.hash)
  // Shown even while no pod has it: that is what everybody waits for.
  const hashes = [...new Set([latest.hash, ...byHash.keys()])]
  return hashes.map((hash) => {
    const decisions = byHash.get(hash) ?? []
    const template = hash === latest.hash ? latest.template : known.get(hash)?.template
    const containers = [...(template?.initContainers ?? []), ...(template?.containers ?? [])]
    return {
      revision: hash,
      role: hash === latest.hash ? 'Latest' : hash === current?.hash ? 'Current' : 'Other',
      images: containers.map(({ name, image = '' }) => `${name}=${image}`),
      pods: decisions.length,
      workloads: workloadsOf(decisions, rollout),
    }
  })
}

function workloadsOf(
  decisions: readonly Decision[],
  { agents }: Rollout,
): RevisionStatus['workloads'] {
  const groups = Map.groupBy(decisions, ({ view }) => {
    const { namespace = '' } = view.pod.metadata
    return `${namespace} ${workloadOf(view.pod)}`
  })
  return [...groups.keys()].sort().map((key) => {
    const members = groups.get(key) ?? []
    const [namespace = '', workload = ''] = key.split(' ')
    const sorted = members.toSorted((left, right) => (left.view.key < right.view.key ? -1 : 1))
    return {
      workload,
      namespace,
      pods: sorted.map((one) => podRow(one, agents.get(one.view.key))),
    }
  })
}

/** `deployment/web`: the ReplicaSet between is known by the hash at the end of its name. */
export function workloadOf({ metadata }: Pod): string {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller === true)
  if (owner === undefined) return 'pod'
  const hash = metadata.labels?.['pod-template-hash']
  if (owner.kind === 'ReplicaSet' && hash !== undefined && owner.name.endsWith(`-${hash}`)) {
    return `deployment/${owner.name.slice(0, -hash.length - 1)}`
  }
  return `${owner.kind.toLowerCase()}/${owner.name}`
}
