import type { ConditionReason } from '../../../api/conditionReasons.ts'
import { subjectWord } from '../../../api/gateway/subject.ts'
import { counted } from '../counted.ts'
import type { StepView } from './advance.ts'
import { timeOf } from './progress.ts'

/**
 * What a step waits for, for conditions: without a full stop.
 * @param set name of the set
 */
export function stepText(
  { step, of, goal, settled, hold }: StepView,
  { set, revision }: { readonly set: string; readonly revision: string },
): { readonly reason: ConditionReason<'Progressing'>; readonly sentence: string } {
  const name = `step ${step} of ${of}`
  switch (hold?.kind) {
    case undefined:
      return { reason: 'CanaryStepInProgress', sentence: `${name} is over` }
    case 'pods':
      return {
        reason: 'CanaryStepInProgress',
        sentence: `${name} is for ${counted(goal, 'pod')}, revision ${revision} is on ${settled}`,
      }
    case 'time':
      return {
        reason: 'CanaryStepPausing',
        sentence: `${name} pauses until ${timeOf(hold.endsAt)}`,
      }
    case 'people':
      return {
        reason: 'CanaryStepPaused',
        sentence: `${name} waits since ${timeOf(hold.since)} for people: kubectl baton resume ${subjectWord(set)}`,
      }
    case 'analysis':
      return {
        reason: 'CanaryStepAnalysis',
        sentence: `${name} waits for its analysis: ${hold.sentence}`,
      }
  }
}
