import { matchesSelector } from '../../api/labelSelector.ts'
import type { InjectRevision, SidecarSet } from '../../api/v1beta1/sidecarset.ts'
import type { Pod } from '../inject/podTypes.ts'

/**
 * The revision that a new pod gets instead of the latest; undefined when it gets the latest. With
 * the policy Partial a pod is treated as the rollout treats those that exist: one that the
 * strategy's selector leaves out keeps the pinned revision, and of the others the share that the
 * partition keeps does. A partition that is a number says nothing about a single pod.
 * @param chance a number from 0 to 1, drawn for this pod
 */
export function pinnedRevision(
  { spec }: Pick<SidecarSet, 'spec'>,
  pod: Pod,
  chance: number,
): InjectRevision | undefined {
  const pinned = spec.injectionStrategy?.revision
  if (pinned === undefined) return undefined
  const { paused = false, selector, partition = 0 } = spec.updateStrategy ?? {}
  if (pinned.policy !== 'Partial' || paused) return pinned
  if (selector !== undefined && !matchesSelector(selector, pod.metadata?.labels)) return pinned
  return chance * 100 < percentOf(partition) ? pinned : undefined
}

function percentOf(partition: number | string): number {
  return typeof partition === 'string' ? Number(partition.replace('%', '')) : 0
}
