import type { AgentStatus } from '../../api/agentStatus.ts'
import { planRollout } from './rollout/plan.ts'
import type { RolloutInput, RolloutPlan } from './rollout/plan.ts'
import type { PodView } from './rollout/podView.ts'

/** Asks the agents of these pods. By pod key; no answer, no entry. */
export type Ask = (views: readonly PodView[]) => Promise<ReadonlyMap<string, AgentStatus>>

/**
 * Plans, asks the agents of pods in which a slot is to restart or to shrink, and plans again with
 * their answers: a slot may stand in for the one that was ordered, hours after an upgrade, and
 * nothing but the agent tells of it. An agent that does not answer stops nothing.
 */
export async function planWithAgents(input: RolloutInput, ask: Ask): Promise<RolloutPlan> {
  const agents = new Map(input.agents)
  const asked = new Set(agents.keys())
  for (;;) {
    const plan = planRollout({ ...input, agents })
    const starting = plan.decisions.flatMap((one) =>
      one.kind === 'startUpgrade' ? [one.view] : [],
    )
    const unasked = [...starting, ...plan.toAsk].filter(({ key }) => !asked.has(key))
    // Ends, since every round asks pods that were not asked before.
    if (unasked.length === 0) return plan
    for (const { key } of unasked) asked.add(key)
    for (const [key, status] of await ask(unasked)) agents.set(key, status)
  }
}
