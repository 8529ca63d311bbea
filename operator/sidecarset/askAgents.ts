import type { AgentStatus } from '../../api/agentStatus.ts'
import type { Pod } from '../../runtime/client/kinds.ts'
import type { AgentClient } from '../agentclient/agentClient.ts'
import { eachLimited } from './eachLimited.ts'
import { mayDrain } from './rollout/draining.ts'
import { viewPod } from './rollout/podView.ts'
import type { PodView } from './rollout/podView.ts'

export interface AgentsInPlay {
  readonly pods: readonly Pod[]
  /** Name of the set. */
  readonly set: string
  /** Hash of its latest revision. */
  readonly latest: string
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** Asked at the same time; a whole rollout in flight must not open a thousand sockets at once. */
const AT_A_TIME = 32

/**
 * Pods whose handover is not over, and those that may still drain when the next upgrade is due: the
 * plan needs the word of their agents.
 */
export function agentsInPlay({ pods, set, latest, now }: AgentsInPlay): readonly PodView[] {
  return pods.flatMap((pod) => {
    const view = viewPod(pod, set)
    if (view === undefined) return []
    const isNext = view.entry.hash !== latest && mayDrain(view, now)
    return isHandingOver(view) || isNext ? [view] : []
  })
}

/** Is it the agent's turn? */
export function isHandingOver({ stage, state }: PodView): boolean {
  return stage === 'inFlight' && state?.step === 'hot' && state.hot.length > 0
}

/** Asks the agents of these pods. By pod key; no answer, no entry. Pods without one are passed over. */
export async function askAgents(
  agents: AgentClient,
  views: readonly PodView[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, AgentStatus>> {
  const answers = new Map<string, AgentStatus>()
  const withAgent = views.filter(({ desired }) => desired !== undefined)
  await eachLimited(withAgent, AT_A_TIME, async ({ key, pod }) => {
    const ip = pod.status?.podIP
    const status = ip === undefined ? undefined : await agents.status(ip, signal)
    if (status !== undefined) answers.set(key, status)
  })
  return answers
}
