import type { IntOrPercent } from '../../../api/v1beta1/sidecarset.ts'
import type { Settled } from '../census/settled.ts'
import { workloadOf } from '../order/workloadOf.ts'
import { allowedUnavailable } from './budget.ts'
import type { PodView } from './podView.ts'
import type { Unavailable } from './unavailable.ts'

/** What `maxUnavailablePerWorkload` leaves, workload by workload. */
export interface WorkloadBudgets {
  /** Infinity without a limit. */
  left(view: PodView): number
  take(view: PodView): void
  /** Why nothing is left, without a full stop. */
  sentence(view: PodView): string
}

export interface WorkloadBudgetsInput {
  readonly views: readonly PodView[]
  /** The set's other pods: they use up nothing. */
  readonly settled: Settled
  readonly unavailable: readonly Unavailable[]
  readonly limit: IntOrPercent | undefined
}

export function workloadBudgets(input: WorkloadBudgetsInput): WorkloadBudgets {
  const { views, settled, unavailable, limit } = input
  if (limit === undefined)
    return { left: () => Infinity, take: () => undefined, sentence: () => '' }
  const sizes = countBy(views, ({ pod }) => workloadOf(pod))
  const sizeOf = (workload: string): number =>
    (sizes.get(workload) ?? 0) + (settled.byWorkload.get(workload) ?? 0)
  const used = countBy(unavailable, ({ view }) => workloadOf(view.pod))
  const usedOf = ({ pod }: PodView): number => used.get(workloadOf(pod)) ?? 0
  const allowedFor = ({ pod }: PodView): number =>
    allowedUnavailable(limit, sizeOf(workloadOf(pod)))
  return {
    left: (view) => allowedFor(view) - usedOf(view),
    take: (view) => {
      used.set(workloadOf(view.pod), usedOf(view) + 1)
    },
    sentence: (view) =>
      `of ${workloadOf(view.pod)} ${usedOf(view)} of ${allowedFor(view)} that may be unavailable are; updateStrategy.maxUnavailablePerWorkload: ${limit}`,
  }
}

function countBy<T>(items: readonly T[], key: (item: T) => string): Map<string, number> {
  const counts = new Map<string, number>()
  for (const item of items) counts.set(key(item), (counts.get(key(item)) ?? 0) + 1)
  return counts
}
