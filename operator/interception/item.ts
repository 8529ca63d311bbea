import type { AgentStatus } from '../../api/agentStatus.ts'
import { withId } from '../../api/interception/desired.ts'
import type { Interception } from '../../api/interception/desired.ts'
import { isLate } from './deadline.ts'
import type { PodView } from './podView.ts'
import type { ToggleRecord } from './record.ts'
import { recordFor, verdictOn, wordOf } from './word.ts'

/** One pod, what it is to do, and how far it is. */
export interface Item {
  readonly view: PodView
  readonly order: Interception
  /**
   * `unordered`: it was not told yet. `switching`: it was, and no result is known. `settled`: it is as
   * wanted. `failed`: its toggle was given up. `bypassed`: its proxy is dead.
   */
  readonly stage: 'unordered' | 'switching' | 'settled' | 'failed' | 'bypassed'
  /** It was told the same by somebody else. */
  readonly renamed: boolean
  /** What is known of the order, or of the one before when this one was not given yet. */
  readonly record: ToggleRecord | undefined
  /** The record is not written down yet. */
  readonly isNews: boolean
  /** How long the agent says that its last toggle took. */
  readonly toggleSeconds: number | undefined
}

export interface Knowledge {
  /** By pod key; no answer, no entry. */
  readonly agents: ReadonlyMap<string, AgentStatus>
  /** Since when agents do not answer, by pod key, in milliseconds since the epoch. */
  readonly silentSince: ReadonlyMap<string, number>
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** Where a pod stands towards what is wanted of it. */
export function itemOf(view: PodView, wanted: Interception, knowledge: Knowledge): Item {
  const { written } = view
  const news = written === undefined ? undefined : newsOf(view, written, knowledge)
  const record = news ?? view.record
  const order = isOffAlready(written, wanted, record) ? (written ?? wanted) : wanted
  const status = knowledge.agents.get(view.key)?.interception
  const toggleSeconds = status?.lastToggle?.durationSeconds
  const common = { view, order, record, isNews: news !== undefined, toggleSeconds }
  // A pod that was never told anything goes directly.
  if (written === undefined && !order.enabled)
    return { ...common, stage: 'settled', renamed: false }
  if (written?.id !== order.id) return { ...common, stage: 'unordered', renamed: false }
  return { ...common, stage: stageAfter(record), renamed: written.from !== order.from }
}

/**
 * Off, by what the pod was told last: its hooks are those that it went on with. Undefined when there
 * is nothing to undo.
 */
export function orderToLeave({ written, switchable }: PodView): Interception | undefined {
  if (written === undefined || !switchable) return undefined
  return withId({ ...written, enabled: false })
}

/** Off is off: other ports or hooks for the next time are no reason to toggle. */
function isOffAlready(
  written: Interception | undefined,
  wanted: Interception,
  record: ToggleRecord | undefined,
): boolean {
  if (wanted.enabled) return false
  return written === undefined || (!written.enabled && record?.outcome !== 'failed')
}

/** An agent that is away for less may only have restarted. */
const SILENCE_MS = 10_000

function newsOf(
  view: PodView,
  written: Interception,
  { agents, silentSince, now }: Knowledge,
): ToggleRecord | undefined {
  const status = agents.get(view.key)?.interception
  const recorded = view.record?.outcome ?? 'open'
  // One answer that is missing says nothing, however old the order: it may be the first that was asked.
  const isSure = status !== undefined || now - (silentSince.get(view.key) ?? now) >= SILENCE_MS
  const late = isSure && isLate(view, written, now)
  const verdict = verdictOn(recorded, wordOf(written, status), late)
  return verdict === undefined ? undefined : recordFor(written, verdict, status)
}

function stageAfter(record: ToggleRecord | undefined): Item['stage'] {
  switch (record?.outcome) {
    case undefined:
      return 'switching'
    case 'enabled':
    case 'disabled':
      return 'settled'
    case 'failed':
    case 'bypassed':
      return record.outcome
  }
}
