import type { PodView } from './podView.ts'
import type { Revision } from './revision.ts'

/** When the pod's upgrade to the revision was begun: milliseconds since the epoch, 0 without one. */
export function updateTime({ state }: PodView, revision: Pick<Revision, 'hash'>): number {
  if (state?.revision !== revision.hash) return 0
  return Date.parse(state.updateTimestamp) || 0
}
