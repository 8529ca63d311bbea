import type { Item } from './item.ts'
import type { Decision, IdleReason } from './plan.ts'
import type { PodView } from './podView.ts'
import type { ToggleRecord } from './record.ts'

/** What is told of all pods of an object, in its status and in metrics. */
export interface InterceptionSummary {
  readonly matched: number
  readonly enabled: number
  readonly disabled: number
  readonly switching: number
  readonly failed: number
  readonly bypassed: number
  /** Pods that are to be told, now or when others are done. */
  readonly waiting: number
  /** Pods that the partition keeps. */
  readonly kept: number
  /** Keys of pods that cannot be toggled. */
  readonly notInjected: readonly string[]
  /** Keys of pods that could not be written lately. */
  readonly unwritten: readonly string[]
  /** The first that failed. */
  readonly failure: PodRecord | undefined
  /** The first whose proxy is dead. */
  readonly bypass: PodRecord | undefined
  /** Every pod that can be is as wanted. */
  readonly complete: boolean
}

export interface PodRecord {
  /** namespace/name */
  readonly pod: string
  readonly record: ToggleRecord
}

export function summarize(
  items: readonly Item[],
  notInjected: readonly PodView[],
  decisions: readonly Decision[],
): InterceptionSummary {
  const states = items.map(stateOf)
  const count = (state: PodState): number => states.filter((one) => one === state).length
  const keys = new Set(items.map(({ view }) => view.key))
  const own = decisions.filter(({ view }) => keys.has(view.key))
  const idle = (...reasons: readonly IdleReason[]): readonly string[] =>
    own.flatMap((one) =>
      one.kind === 'none' && reasons.includes(one.reason) ? [one.view.key] : [],
    )
  const kept = idle('Kept').length
  return {
    matched: items.length + notInjected.length,
    enabled: count('enabled'),
    disabled: count('disabled'),
    switching: count('switching'),
    failed: count('failed'),
    bypassed: count('bypassed'),
    waiting: items.filter(({ stage }) => stage === 'unordered').length - kept,
    kept,
    notInjected: notInjected.map(({ key }) => key),
    unwritten: idle('WriteFailed'),
    failure: firstOf(items, 'failed'),
    bypass: firstOf(items, 'bypassed'),
    complete: items.every(({ stage }) => stage === 'settled'),
  }
}

type PodState = 'enabled' | 'disabled' | 'switching' | 'failed' | 'bypassed'

/** How the traffic of a pod goes now. */
function stateOf({ stage, order, record, view }: Item): PodState {
  switch (stage) {
    case 'switching':
    case 'failed':
    case 'bypassed':
      return stage
    case 'settled':
      return order.enabled ? 'enabled' : 'disabled'
    case 'unordered':
      return stateBefore(view, record)
  }
}

/** As it was told before, by how far that came. */
function stateBefore({ written }: PodView, record: ToggleRecord | undefined): PodState {
  if (written === undefined) return 'disabled'
  switch (record?.outcome) {
    case undefined:
      return 'switching'
    case 'failed':
      // What was given up left the pod as it had been.
      return written.enabled ? 'disabled' : 'enabled'
    case 'enabled':
    case 'disabled':
    case 'bypassed':
      return record.outcome
  }
}

function firstOf(items: readonly Item[], stage: Item['stage']): PodRecord | undefined {
  for (const { view, record, stage: found } of items) {
    if (found === stage && record !== undefined) return { pod: view.key, record }
  }
  return undefined
}
