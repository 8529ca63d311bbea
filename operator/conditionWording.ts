import type { ConditionReason, ConditionType } from '../api/conditionReasons.ts'
import type { Condition } from '../api/v1beta1/sidecarset.ts'

/** What a condition says; its times are the writer's. */
export type Verdict = Pick<Condition, 'type' | 'status' | 'reason' | 'message'>

export function verdict<Type extends ConditionType>(
  type: Type,
  status: Condition['status'],
  reason: ConditionReason<Type>,
  message: string,
): Verdict {
  return { type, status, reason, message }
}

/** A sentence as a part of a longer one. */
export function clause(sentence: string): string {
  return sentence.replace(/[\s.,:;]+$/, '')
}

/** The first three names, and how many more there are. */
export function someOf(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(', ')
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown
}
