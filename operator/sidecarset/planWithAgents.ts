import type { AgentStatus } from '../../api/agentStatus.ts'
import type { Decision } from './rollout/decision.ts'
import { planRollout } from './rollout/plan.ts'
import type { RolloutInput, RolloutPlan } from './rollout/plan.ts'
import type { PodView } from './rollout/podView.ts'

/** Asks the agents of these pods. By pod key; no answer, no entry. */
export type Ask = (views: readonly PodView[]) => Promise<ReadonlyMap<string, AgentStatus>>

export interface PlanOptions {
  /** Pods that begin an upgrade by one plan; the next plan has the others. Defaults to 200. */
  readonly startsAtATime?: number
}

/**
 * Plans, asks the agents of pods in which a slot is to restart or to shrink, and plans again with
 * their answers: a slot may stand in for the one that was ordered, hours after an upgrade, or its old
 * process may still drain, and nothing but the agent tells of it. An agent that does not answer
 * stops nothing.
 *
 * Agents are asked of pods whose turn it is, not of all that wait for it.
 */
export async function planWithAgents(
  input: RolloutInput,
  ask: Ask,
  { startsAtATime = 200 }: PlanOptions = {},
): Promise<RolloutPlan> {
  const agents = new Map(input.agents)
  const asked = new Set(agents.keys())
  for (;;) {
    const plan = planRollout({ ...input, agents })
    const starting = plan.decisions.filter(({ kind }) => kind === 'startUpgrade')
    const now = starting.slice(0, startsAtATime)
    const draining = plan.decisions.filter(
      (one) => one.kind === 'none' && one.reason === 'StillDraining' && !asked.has(one.view.key),
    )
    const room = startsAtATime - now.length
    const next = [...now, ...draining.slice(0, room)].map(({ view }) => view)
    const unasked = [...next, ...plan.toAsk].filter(({ key }) => !asked.has(key))
    // Ends, since every round asks pods that were not asked before.
    if (unasked.length === 0) return withStarts(plan, starting, now)
    for (const { key } of unasked) asked.add(key)
    for (const [key, status] of await ask(unasked)) agents.set(key, status)
  }
}

function withStarts(
  plan: RolloutPlan,
  starting: readonly Decision[],
  now: readonly Decision[],
): RolloutPlan {
  if (starting.length === now.length) return plan
  const later = new Set(starting.slice(now.length))
  return { ...plan, decisions: plan.decisions.filter((one) => !later.has(one)) }
}
