import type { DefaultedUpdateStrategy } from '../../../api/defaults/defaultedSpec.ts'
import type { PodView } from '../rollout/podView.ts'
import { byPriority } from './byPriority.ts'
import { byUpgradeOrder } from './byUpgradeOrder.ts'
import { scatter } from './scatter.ts'

/** In which order pods are upgraded: what is worth least first, then priority, then scatter. */
export function upgradeOrder<T extends { readonly view: PodView }>(
  items: readonly T[],
  { priorityStrategy, scatterStrategy = [] }: DefaultedUpdateStrategy,
): readonly T[] {
  const labelsOf = ({ view }: T) => view.pod.metadata.labels ?? {}
  const byWorth = items.toSorted((left, right) => byUpgradeOrder(left.view, right.view))
  const byRank =
    priorityStrategy === undefined
      ? byWorth
      : byWorth.toSorted((left, right) =>
          byPriority(priorityStrategy, labelsOf(left), labelsOf(right)),
        )
  return scatter(byRank, scatterStrategy, labelsOf)
}
