import { matchesSelector } from '../../../api/labelSelector.ts'
import type { PriorityStrategy } from '../../../api/v1beta1/sidecarset.ts'

type Labels = Readonly<Record<string, string>>

/**
 * Compares two pods by their labels, with OpenKruise's meaning: the greater sum of weights goes
 * first; without weights, the key that comes first in the list, pods with none of the keys before
 * all others, and with the same key the greater number at the end of its value. 0 where the strategy
 * does not tell them apart.
 */
export function byPriority(
  { weightPriority = [], orderPriority = [] }: PriorityStrategy,
  left: Labels,
  right: Labels,
): number {
  if (weightPriority.length > 0) {
    const weight = (labels: Labels): number =>
      weightPriority
        .filter(({ matchSelector }) => matchesSelector(matchSelector, labels))
        .reduce((sum, one) => sum + one.weight, 0)
    return weight(right) - weight(left)
  }
  const keys = orderPriority.map(({ orderedKey }) => orderedKey)
  const level = (labels: Labels): number => keys.findIndex((key) => labels[key] !== undefined)
  return level(left) - level(right) || order(right, keys) - order(left, keys)
}

function order(labels: Labels, keys: readonly string[]): number {
  const key = keys.find((one) => labels[one] !== undefined) ?? ''
  return Number(/\d+$/.exec(labels[key] ?? '')?.[0] ?? 0)
}
