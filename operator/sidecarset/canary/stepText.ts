import { annotations } from '../../../api/group.ts'
import type { RolloutCommand } from '../../../api/rolloutCommand.ts'
import { counted } from '../counted.ts'
import type { StepView } from './advance.ts'
import { timeOf } from './progress.ts'

/** What a step waits for, for conditions: without a full stop. */
export function stepText(
  { step, of, goal, settled, hold }: StepView,
  revision: string,
): { readonly reason: string; readonly sentence: string } {
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
        sentence: `${name} waits since ${timeOf(hold.since)} for the annotation ${resumeOf(step, revision)}`,
      }
    case 'analysis':
      return {
        reason: 'CanaryStepAnalysis',
        sentence: `${name} waits for its analysis: ${hold.sentence}`,
      }
  }
}

/** What to write on the set for the step to go on. */
function resumeOf(step: number, revision: string): string {
  const command: RolloutCommand = { verb: 'resume', revision, step }
  return `${annotations.rolloutCommand}=${JSON.stringify(command)} to go on`
}
