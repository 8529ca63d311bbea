import type { INTERCEPTION_CONDITION } from '../../api/group.ts'
import type { PodConditionReason } from '../../api/podConditionReasons.ts'
import type { ToggleFailureReason } from '../../api/reasons.ts'
import type { Interception } from '../../api/interception/desired.ts'
import type { InterceptionStatus, InterceptionToggle } from '../../api/interception/status.ts'
import type { ToggleOutcome, ToggleRecord } from './record.ts'

/**
 * What an agent says of an order, as far as it decides anything. `Busy`: it is at it, or has not read
 * the order yet, or its rules are not as they should be at this moment.
 */
export type Word = 'Silent' | 'Busy' | 'On' | 'Off' | 'Bypassed' | 'Failed'

export function wordOf(order: Interception, status: InterceptionStatus | undefined): Word {
  if (status === undefined) return 'Silent'
  if (status.id !== order.id) return 'Busy'
  switch (status.state) {
    case 'Bypassed':
    case 'Failed':
      return status.state
    case 'On':
    case 'Off':
      return status.verified && (status.state === 'On') === order.enabled ? status.state : 'Busy'
    case 'Enabling':
    case 'Disabling':
      return 'Busy'
  }
}

/** What was recorded of the order before; `open`: nothing yet. */
export type Recorded = ToggleOutcome | 'open'
/** What is to be recorded; `overdue` is a failure of which only the clock tells. */
export type Verdict = ToggleOutcome | 'overdue' | undefined

/** What each word comes to; silence and work in progress come to nothing. */
const OUTCOMES: Readonly<Record<Word, ToggleOutcome | undefined>> = {
  Silent: undefined,
  Busy: undefined,
  On: 'enabled',
  Off: 'disabled',
  Bypassed: 'bypassed',
  Failed: 'failed',
}

/**
 * What is to be recorded; undefined when nothing is new. A pod that failed is not given up: when its
 * agent says that all is well after all, that is recorded.
 * @param isLate the order is older than it may take
 */
export function verdictOn(recorded: Recorded, word: Word, isLate: boolean): Verdict {
  const outcome = OUTCOMES[word]
  if (outcome === undefined) return recorded === 'open' && isLate ? 'overdue' : undefined
  return outcome === recorded ? undefined : outcome
}

/** Reasons of failures that the operator finds by itself. */
export const AGENT_SILENT = 'AgentSilent' satisfies ToggleFailureReason
export const TOGGLE_OVERDUE = 'ToggleOverdue' satisfies ToggleFailureReason
/** Of an agent that does not say what its toggle has failed of. */
const UNSAID = 'ToggleFailed' satisfies PodConditionReason<typeof INTERCEPTION_CONDITION>

/** The record of a verdict, with a sentence that says what was seen and, of failures, what to do. */
export function recordFor(
  order: Interception,
  verdict: Exclude<Verdict, undefined>,
  status: InterceptionStatus | undefined,
): ToggleRecord {
  const { id } = order
  const toggle = status?.id === id ? (status.lastToggle ?? undefined) : undefined
  switch (verdict) {
    case 'enabled':
    case 'disabled': {
      const way = verdict === 'enabled' ? 'goes through the proxy' : 'goes directly'
      return { id, outcome: verdict, reason: '', sentence: `traffic ${way}${toggleText(toggle)}` }
    }
    case 'bypassed': {
      const cause = status?.message ?? ''
      const sentence = `the proxy does not serve, and the app goes on directly${cause === '' ? '' : `: ${cause}`}`
      return { id, outcome: 'bypassed', reason: '', sentence }
    }
    case 'failed': {
      const { reason = UNSAID, sentence = status?.message ?? '' } = toggle ?? {}
      const text = `${clause(sentence)}; ${remedyFor(toggle)}`
      return { id, outcome: 'failed', reason, sentence: text }
    }
    case 'overdue': {
      if (status === undefined) {
        const sentence = 'its agent does not answer; let the operator reach port 15020 of the pod'
        return { id, outcome: 'failed', reason: AGENT_SILENT, sentence }
      }
      const at = status.id === id ? `${status.state}, ${status.phase}` : 'not begun'
      const sentence = `the toggle takes too long (${at}); see the log of its container baton-agent`
      return { id, outcome: 'failed', reason: TOGGLE_OVERDUE, sentence }
    }
  }
}

function toggleText(toggle: InterceptionToggle | undefined): string {
  if (toggle === undefined) return ''
  const { durationSeconds, hooks, connectionsLeft = 0 } = toggle
  const told = hooks.map(({ name, outcome, durationSeconds: seconds }) =>
    outcome === 'Succeeded'
      ? `${name} ${rounded(seconds)} s`
      : `${name} ${outcome === 'TimedOut' ? 'timed out' : 'failed'}`,
  )
  const around = told.length === 0 ? '' : ` (${told.join(', ')})`
  const left = connectionsLeft === 0 ? '' : `; ${connectionsLeft} connections stay with the proxy`
  return ` after ${rounded(durationSeconds)} s${around}${left}`
}

function remedyFor(toggle: InterceptionToggle | undefined): string {
  const broken = toggle?.hooks.find(({ outcome }) => outcome !== 'Succeeded')
  if (broken === undefined) {
    return 'see the log of its container baton-agent, then switch again or delete the pod'
  }
  const { name } = broken
  return `mend the hook ${name} or set its onError to Continue, then switch again or delete the pod`
}

/** A sentence as a part of a longer one. */
function clause(sentence: string): string {
  return sentence.replace(/[\s.,:;]+$/, '')
}

function rounded(seconds: number): string {
  return seconds.toFixed(seconds < 10 ? 1 : 0)
}
