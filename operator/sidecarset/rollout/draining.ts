import type { AgentStatus } from '../../../api/agentStatus.ts'
import type { ContainerStep } from './containerSteps.ts'
import type { PodView } from './podView.ts'

/**
 * May the old process of the last upgrade still be there? It lives on beside the new one until its
 * last connection has gone, at most `drain.maxSeconds`. By the pod alone, so it errs towards yes.
 */
export function mayDrain(view: PodView, now: number): boolean {
  const { state, desired } = view
  if (state === undefined || view.stage !== 'resting') return false
  const seconds = state.hot.map((name) => {
    const terms = desired?.containers[name]
    if (terms === undefined) return 0
    return 2 * terms.startDeadlineSeconds + terms.confirmSeconds + terms.drain.maxSeconds
  })
  const started = Date.parse(state.updateTimestamp) || 0
  return now < started + Math.max(0, ...seconds) * 1000
}

/** Would these steps restart a slot whose process still drains? Its connections would be cut. */
export function isDraining(
  { view, steps }: { readonly view: PodView; readonly steps: readonly ContainerStep[] },
  { agents, now }: { readonly agents: ReadonlyMap<string, AgentStatus>; readonly now: number },
): boolean {
  const agent = agents.get(view.key)
  const isLikely = mayDrain(view, now)
  return steps.some((step) => {
    if (step.kind !== 'patch') return false
    const status = agent?.containers[step.container.name]
    // Also long after an upgrade, when a slot that stood in for another one gives back.
    if (status?.phase === 'Draining') return true
    // No answer: the slot may be in use, and in a while it cannot be any more. After a failure
    // nothing was told to drain that had served for long.
    if (status === undefined) return isLikely && view.state?.reverted !== true
    const slot = status.slots[step.to]
    return slot?.aside === true || (isLikely && slot?.running === true)
  })
}
