import { isRefusal } from '../resize/refusal.ts'
import { resizePatch } from '../resize/slotSize.ts'
import { assertNever } from '../rollout/assertNever.ts'
import type { Decision } from '../rollout/decision.ts'
import { viewPod } from '../rollout/podView.ts'
import type { PodView } from '../rollout/podView.ts'
import type { Pod } from '../../../runtime/client/kinds.ts'
import type { ResourceClient } from '../../../runtime/client/resource.ts'
import { resetWrite } from './resetPatch.ts'
import { revertWrite } from './revertPatch.ts'
import { resultPatch } from './resultPatch.ts'
import { coldWrite, upgradeWrite } from './upgradePatch.ts'
import type { PodWrite } from './upgradePatch.ts'

export type WritingDecision = Exclude<Decision, { kind: 'none' }>

export interface PodWriterOptions {
  readonly pods: ResourceClient<Pod>
  readonly clock: { now(): number }
}

/** Carries out one decision. Gives the pod as it is then. Errors: ApiError. */
export type PodWriter = (
  set: string,
  decision: WritingDecision,
  signal: AbortSignal,
) => Promise<Pod>

export function createPodWriter({ pods, clock }: PodWriterOptions): PodWriter {
  return async (set, decision, signal) => {
    const { view } = decision
    const now = clock.now()
    switch (decision.kind) {
      case 'startUpgrade':
      case 'swapBack': {
        const { target, steps } = decision
        const without = decision.kind === 'startUpgrade' && decision.resizeObstacle !== undefined
        return resizeThenPatch(view, set, signal, (fresh, refused) =>
          upgradeWrite({ view: fresh, set, target, steps, now, withoutResize: without || refused }),
        )
      }
      case 'startCold': {
        const { target, state } = decision
        return resizeThenPatch(view, set, signal, (fresh, withoutResize) =>
          coldWrite({ view: fresh, set, target, state, now, withoutResize }),
        )
      }
      case 'resize':
        return pods.strategicPatch(view.pod.metadata, resizePatch(view.pod, decision.sizes), {
          signal,
          subresource: 'resize',
        })
      case 'endBackOff': {
        const { container, size } = decision.heldBack
        const patch = resizePatch(view.pod, { [container]: size })
        return pods.strategicPatch(view.pod.metadata, patch, { signal, subresource: 'resize' })
      }
      case 'recordResult': {
        const patch = resultPatch(view, set, decision.result, now)
        return pods.strategicPatch(view.pod.metadata, patch, { signal, subresource: 'status' })
      }
      case 'startReset': {
        const { state } = decision
        return resizeThenPatch(view, set, signal, (fresh, withoutResize) =>
          resetWrite({ view: fresh, set, state, now, withoutResize }),
        )
      }
      case 'revertFailed': {
        const { state } = decision
        return resizeThenPatch(view, set, signal, (fresh, withoutResize) =>
          revertWrite({ view: fresh, set, state, now, withoutResize }),
        )
      }
      default:
        return assertNever(decision)
    }
  }

  /**
   * One resize for each container that needs one, then the patch: usually just the patch. Where a
   * resize is refused the patch goes alone: the kubelet's back-off is then waited for.
   */
  async function resizeThenPatch(
    view: PodView,
    set: string,
    signal: AbortSignal,
    make: (view: PodView, withoutResize: boolean) => PodWrite,
  ): Promise<Pod> {
    let fresh = view
    let refused = false
    let write = make(fresh, refused)
    while (write.kind === 'resize') {
      const options = { signal, subresource: 'resize' }
      try {
        const pod = await pods.strategicPatch(fresh.pod.metadata, write.patch, options)
        fresh = viewPod(pod, set) ?? fresh
      } catch (error) {
        if (!isRefusal(error)) throw error
        refused = true
      }
      write = make(fresh, refused)
    }
    return pods.strategicPatch(fresh.pod.metadata, write.patch, { signal })
  }
}
