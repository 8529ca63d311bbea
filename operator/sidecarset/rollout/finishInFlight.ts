import type { Pod } from '../../../runtime/client/kinds.ts'
import type { Decision } from './decision.ts'
import { decideInFlight } from './inFlight.ts'
import type { InFlightInput } from './inFlight.ts'
import { isOver } from './podStatus.ts'
import { viewPod } from './podView.ts'

/**
 * What to do with pods that the set does not have any more: its selectors have changed, or it goes.
 * What was begun in them comes to its end, good or bad; nothing is started.
 */
export function finishInFlight(
  pods: readonly Pod[],
  set: string,
  input: InFlightInput,
): readonly Decision[] {
  return pods
    .filter((pod) => !isOver(pod))
    .flatMap((pod) => (input.viewOf ?? viewPod)(pod, set) ?? [])
    .filter((view) => view.stage !== 'resting')
    .map((view) => decideInFlight(view, undefined, input))
}
