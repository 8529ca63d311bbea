import { INTERCEPTION_CONDITION } from '../../api/group.ts'
import type { PodConditionReason } from '../../api/podConditionReasons.ts'
import type { Pod } from '../../runtime/client/kinds.ts'

/**
 * The condition `baton.dev/Interception` of a pod says how its last toggle ended:
 * `toggle <id>: enabled. <sentence>`, `… disabled. …`, `… bypassed. …` or `… failed (<Reason>). …`.
 * The id tells a restarted operator which orders are over, so that it need not ask every agent.
 */
export interface ToggleRecord {
  readonly id: string
  readonly outcome: ToggleOutcome
  /** Empty unless failed. */
  readonly reason: string
  readonly sentence: string
}

export type ToggleOutcome = 'enabled' | 'disabled' | 'bypassed' | 'failed'

const MESSAGE = /^toggle (\S+): (?:(enabled|disabled|bypassed)|failed \((\w+)\))\. (.*)$/s

/** Undefined for a pod whose toggle was never recorded, or in another form. */
export function recordOf(pod: Pod): ToggleRecord | undefined {
  const condition = pod.status?.conditions?.find(({ type }) => type === INTERCEPTION_CONDITION)
  const [, id, outcome, reason = '', sentence] = MESSAGE.exec(condition?.message ?? '') ?? []
  if (id === undefined || sentence === undefined) return undefined
  return { id, outcome: (outcome as ToggleOutcome | undefined) ?? 'failed', reason, sentence }
}

const REASONS: Readonly<
  Record<Exclude<ToggleOutcome, 'failed'>, PodConditionReason<typeof INTERCEPTION_CONDITION>>
> = { enabled: 'Enabled', disabled: 'Disabled', bypassed: 'Bypassed' }

const LONGEST_SENTENCE = 512

/** The strategic merge of a pod's status that records a toggle; the kubelet's conditions stay. */
export function recordPatch(pod: Pod, record: ToggleRecord, now: number): object {
  const former = pod.status?.conditions?.find(({ type }) => type === INTERCEPTION_CONDITION)
  const { id, outcome, reason } = record
  const isGood = outcome === 'enabled' || outcome === 'disabled'
  const status = isGood ? 'True' : 'False'
  const word = outcome === 'failed' ? `failed (${reason})` : outcome
  const sentence = record.sentence.replaceAll(/\s+/g, ' ').slice(0, LONGEST_SENTENCE)
  const time = new Date(now).toISOString().replace(/\.\d+Z$/, 'Z')
  const condition = {
    type: INTERCEPTION_CONDITION,
    status,
    reason: outcome === 'failed' ? reason : REASONS[outcome],
    message: `toggle ${id}: ${word}. ${sentence}`,
    lastTransitionTime: former?.status === status ? (former.lastTransitionTime ?? time) : time,
  }
  return { status: { conditions: [condition] } }
}
