import type { DefaultedInterception } from '../../api/defaults/trafficInterceptionDefaults.ts'
import type { Interception } from '../../api/interception/desired.ts'
import { chooseStarts } from './chooseStarts.ts'
import { itemOf, orderToLeave } from './item.ts'
import type { Item, Knowledge } from './item.ts'
import type { PodView } from './podView.ts'
import type { ToggleRecord } from './record.ts'
import { summarize } from './summary.ts'
import type { InterceptionSummary } from './summary.ts'

export interface InterceptionInput extends Knowledge {
  /** What is wanted of each pod that is this object's. */
  readonly wanted: readonly { readonly view: PodView; readonly order: Interception }[]
  /** Pods that were told by this object and are nobody's now: their interception goes off. */
  readonly leaving: readonly PodView[]
  readonly rollout: DefaultedInterception['rollout']
  /** Keys of pods that could not be written lately. */
  readonly unwritable: ReadonlySet<string>
  /** Keys of pods that may have been written without a sign of it. Absent: none. */
  readonly open?: ReadonlySet<string>
}

/** What is done with a pod, or why nothing is. */
export type Decision =
  /** It is told to switch, or only told anew by whom. */
  | { readonly kind: 'order'; readonly view: PodView; readonly order: Interception }
  | { readonly kind: 'record'; readonly view: PodView; readonly record: ToggleRecord }
  | { readonly kind: 'none'; readonly view: PodView; readonly reason: IdleReason }

/**
 * `Waiting`: its turn comes when others are done. `Kept`: by the partition. `Stopped`: another pod
 * failed, and nothing is begun before that is mended.
 */
export const idleReasons = [
  'Settled',
  'Switching',
  'Failed',
  'Bypassed',
  'Waiting',
  'Kept',
  'Paused',
  'Stopped',
  'WriteFailed',
  'NotInjected',
] as const
export type IdleReason = (typeof idleReasons)[number]

export interface InterceptionPlan {
  readonly decisions: readonly Decision[]
  readonly summary: InterceptionSummary
  /** The pods of the object that can be toggled. */
  readonly items: readonly Item[]
  /** The pods that go off because they are nobody's. */
  readonly leaving: readonly Item[]
}

/**
 * What is to be done with the pods of one object now. Pure, and level-based: it looks at what is
 * written on pods and at what agents say, never at what was planned before, so that an operator that
 * starts anew goes on where the last one stopped.
 */
export function planInterception(input: InterceptionInput): InterceptionPlan {
  const { wanted, rollout } = input
  const items = wanted
    .filter(({ view }) => view.switchable)
    .map(({ view, order }) => itemOf(view, order, input))
  const others = wanted.flatMap(({ view }) => (view.switchable ? [] : [view]))
  const leaving = input.leaving.flatMap((view) => {
    const order = orderToLeave(view)
    return order === undefined ? [] : [itemOf(view, order, input)]
  })
  const decisions = [
    ...decide(items, rollout, input, 'stopOnFailure'),
    // What is nobody's any more waits for no partition, and goes off wherever it can.
    ...decide(leaving, { ...rollout, partition: 0, paused: false }, input, 'goOn'),
    ...others.map((view): Decision => ({ kind: 'none', view, reason: 'NotInjected' })),
  ]
  return { decisions, summary: summarize(items, others, decisions), items, leaving }
}

function decide(
  items: readonly Item[],
  rollout: InterceptionInput['rollout'],
  { unwritable, open = new Set() }: InterceptionInput,
  onFailure: 'stopOnFailure' | 'goOn',
): readonly Decision[] {
  const isStopped = onFailure === 'stopOnFailure' && items.some(({ stage }) => stage === 'failed')
  const starts = chooseStarts(items, { rollout, unwritable, open, isStopped })
  return items.map((item): Decision => {
    const { view, order, record } = item
    const isWritable = !unwritable.has(view.key)
    if (item.isNews && record !== undefined && isWritable) return { kind: 'record', view, record }
    const choice = starts.get(view.key)
    const isDue = choice === 'Start' || item.renamed
    if (isDue && isWritable) return { kind: 'order', view, order }
    if (isDue || (item.isNews && !isWritable)) return { kind: 'none', view, reason: 'WriteFailed' }
    return { kind: 'none', view, reason: choice ?? idle(item) }
  })
}

function idle({ stage }: Item): IdleReason {
  switch (stage) {
    case 'switching':
      return 'Switching'
    case 'settled':
      return 'Settled'
    case 'failed':
      return 'Failed'
    case 'bypassed':
      return 'Bypassed'
    case 'unordered':
      return 'Waiting'
  }
}
