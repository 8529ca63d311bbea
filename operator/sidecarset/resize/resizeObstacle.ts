import type { Pod } from '../../../runtime/client/kinds.ts'
import type { ResizeNote } from './resizeMemory.ts'
import { isApplied } from './slotSize.ts'

/** Why a resize that the API server took has not been carried out. */
export interface ResizeObstacle {
  /** The kubelet will not do it as the pod and the node are now. */
  readonly isFinal: boolean
  readonly sentence: string
}

/** What the kubelet says of slots that did not get what their spec asks for. */
export function resizeObstacle(pod: Pod, slots: readonly string[]): ResizeObstacle {
  const conditions = pod.status?.conditions ?? []
  const told = conditions.find(({ type }) => type === 'PodResizePending') ?? conditions.find(failed)
  const why =
    told === undefined
      ? 'the kubelet has not carried it out yet'
      : `${told.reason ?? told.type}: ${told.message ?? 'no message'}`
  return {
    isFinal: told?.reason === 'Infeasible',
    sentence: `the resize of ${slots.join(', ')} is not done: ${why}`,
  }
}

/**
 * What the record of an upgrade says of slots that serve with less than they should: undefined
 * when they do not, or when the kubelet is about to mend it.
 */
export function servingObstacle(
  pod: Pod,
  slots: readonly string[],
  note: ResizeNote | undefined,
): string | undefined {
  const unmet = slots.filter((slot) => !isApplied(pod, slot))
  const pending = pod.status?.conditions?.some(({ type }) => type === 'PodResizePending') === true
  if (unmet.length > 0 && pending) return resizeObstacle(pod, unmet).sentence
  const refused = note?.refused
  return slots.some((slot) => refused?.id.includes(slot)) ? refused?.sentence : undefined
}

function failed({ type, reason }: { readonly type: string; readonly reason?: string }): boolean {
  return type === 'PodResizeInProgress' && reason === 'Error'
}
