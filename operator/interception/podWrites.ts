import { annotations } from '../../api/group.ts'
import { formatInterception } from '../../api/interception/desired.ts'
import type { Pod } from '../../runtime/client/kinds.ts'
import type { ResourceClient } from '../../runtime/client/resource.ts'
import type { Decision } from './plan.ts'
import { ORDERED_ANNOTATION } from './podView.ts'
import { recordPatch } from './record.ts'

export type WritingDecision = Exclude<Decision, { kind: 'none' }>

/**
 * Carries out one decision. An order names the version of the pod that it was made for: whose pod it is
 * may have changed since. Gives the pod as it is then. Errors: ApiError.
 */
export function writePod(
  pods: ResourceClient<Pod>,
  decision: WritingDecision,
  now: number,
  signal: AbortSignal,
): Promise<Pod> {
  const { pod, written } = decision.view
  if (decision.kind === 'record') {
    const patch = recordPatch(pod, decision.record, now)
    return pods.strategicPatch(pod.metadata, patch, { signal, subresource: 'status' })
  }
  const { order } = decision
  const isToggle = written?.id !== order.id
  const patch = {
    metadata: {
      resourceVersion: pod.metadata.resourceVersion,
      annotations: {
        [annotations.interception]: formatInterception(order),
        ...(isToggle ? { [ORDERED_ANNOTATION]: new Date(now).toISOString() } : {}),
      },
    },
  }
  return pods.mergePatch(pod.metadata, patch, { signal })
}
