import type { AgentStatus } from '../../api/agentStatus.ts'
import type { AgentClient } from '../agentclient/agentClient.ts'
import { eachLimited } from './eachLimited.ts'
import type { PodView } from './rollout/podView.ts'

/** Asked at the same time; a whole rollout in flight must not open a thousand sockets at once. */
const AT_A_TIME = 32

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
