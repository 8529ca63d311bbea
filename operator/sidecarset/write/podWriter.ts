import { assertNever } from '../rollout/assertNever.ts'
import type { Decision } from '../rollout/decision.ts'
import { viewPod } from '../rollout/podView.ts'
import type { PodView } from '../rollout/podView.ts'
import type { Pod } from '../../../runtime/client/kinds.ts'
import type { ResourceClient } from '../../../runtime/client/resource.ts'
import { revertPatch } from './revertPatch.ts'
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
        return resizeThenPatch(view, set, signal, (fresh) =>
          upgradeWrite({ view: fresh, set, target, steps, now }),
        )
      }
      case 'startCold': {
        const { target, state } = decision
        return resizeThenPatch(view, set, signal, (fresh) =>
          coldWrite({ view: fresh, set, target, state, now }),
        )
      }
      case 'recordResult': {
        const patch = resultPatch(view, set, decision.result, now)
        return pods.strategicPatch(view.pod.metadata, patch, { signal, subresource: 'status' })
      }
      case 'revertFailed': {
        const patch = revertPatch({ view, set, state: decision.state, now })
        return pods.strategicPatch(view.pod.metadata, patch, { signal })
      }
      default:
        return assertNever(decision)
    }
  }

  /** One resize for each container that needs one, then the patch: usually just the patch. */
  async function resizeThenPatch(
    view: PodView,
    set: string,
    signal: AbortSignal,
    make: (view: PodView) => PodWrite,
  ): Promise<Pod> {
    let fresh = view
    let write = make(fresh)
    while (write.kind === 'resize') {
      const options = { signal, subresource: 'resize' }
      const pod = await pods.strategicPatch(fresh.pod.metadata, write.patch, options)
      fresh = viewPod(pod, set) ?? fresh
      write = make(fresh)
    }
    return pods.strategicPatch(fresh.pod.metadata, write.patch, { signal })
  }
}
