import type { DefaultedInterception } from '../../api/defaults/trafficInterceptionDefaults.ts'
import { allowedUnavailable, keptPods } from '../sidecarset/rollout/budget.ts'
import type { Item } from './item.ts'

export interface StartRules {
  readonly rollout: DefaultedInterception['rollout']
  /** Keys of pods that could not be written lately. */
  readonly unwritable: ReadonlySet<string>
  /** Keys of pods that may have been told without a sign of it: see UnknownWrites. */
  readonly open: ReadonlySet<string>
  /** A pod failed: no other is begun. */
  readonly isStopped: boolean
}

export type StartChoice = 'Start' | 'Waiting' | 'Kept' | 'Paused' | 'Stopped' | 'WriteFailed'

/**
 * Which of the pods that were not told yet are told now, by key, and why the others are not. A pod in
 * a toggle may be out of its registry, so it counts as unavailable, as one that is not ready does; and
 * what is out already takes nothing from anybody, and is told without using the budget.
 */
export function chooseStarts(
  items: readonly Item[],
  { rollout, unwritable, open, isStopped }: StartRules,
): ReadonlyMap<string, StartChoice> {
  const total = items.length
  const unordered = items.filter(({ stage }) => stage === 'unordered')
  const told = total - unordered.length
  // Their room is kept for them, and taken by nobody else.
  const promised = unordered.filter(({ view }) => open.has(view.key))
  const out = items.filter((item) => isOut(item) || promised.includes(item)).length
  let left = total - keptPods(rollout.partition, total) - told - promised.length
  let budget = allowedUnavailable(rollout.maxUnavailable, total) - out
  const choose = (item: Item): StartChoice => {
    const isPromised = promised.includes(item)
    const isFree = isOut(item) || isPromised
    if (left <= 0 && !isPromised) return 'Kept'
    if (rollout.paused) return 'Paused'
    if (isStopped) return 'Stopped'
    if (unwritable.has(item.view.key)) return 'WriteFailed'
    if (!isFree && budget <= 0) return 'Waiting'
    if (!isPromised) left -= 1
    if (!isFree) budget -= 1
    return 'Start'
  }
  return new Map(unordered.toSorted(byWorth).map((item) => [item.view.key, choose(item)]))
}

/** Is the pod out of service, or may it be, whatever is done with it now? */
function isOut({ view, stage, record }: Item): boolean {
  // What was told at its creation was never in service without.
  const isToggled = record === undefined && view.written !== undefined
  return (isToggled && view.orderedAt !== undefined) || stage === 'bypassed' || !view.ready
}

/** What is worth least goes first: out of service, then newer; then by name, for it stays the same. */
function byWorth(left: Item, right: Item): number {
  return (
    Number(isOut(right)) - Number(isOut(left)) ||
    createdAt(right) - createdAt(left) ||
    (left.view.key < right.view.key ? -1 : 1)
  )
}

function createdAt({ view }: Item): number {
  return Date.parse(view.pod.metadata.creationTimestamp ?? '') || 0
}
