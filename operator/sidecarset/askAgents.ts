import type { AgentStatus } from '../../api/agentStatus.ts'
import type { Pod } from '../../runtime/client/kinds.ts'
import type { AgentClient } from '../agentclient/agentClient.ts'
import { eachLimited } from './eachLimited.ts'
import { mayDrain } from './rollout/draining.ts'
import { viewPod } from './rollout/podView.ts'

export interface AskInput {
  readonly pods: readonly Pod[]
  /** Name of the set. */
  readonly set: string
  /** Hash of its latest revision. */
  readonly latest: string
  readonly agents: AgentClient
  /** Milliseconds since the epoch. */
  readonly now: number
  readonly signal: AbortSignal
}

/** Asked at the same time; a whole rollout in flight must not open a thousand sockets at once. */
const AT_A_TIME = 32

/**
 * Asks the agents of pods whose handover is not over, and of those that may still drain when the
 * next upgrade is due. By pod key; no answer, no entry.
 */
export async function askAgents(input: AskInput): Promise<ReadonlyMap<string, AgentStatus>> {
  const { pods, set, latest, agents, now, signal } = input
  const answers = new Map<string, AgentStatus>()
  const asked = pods.flatMap((pod) => {
    const view = viewPod(pod, set)
    const ip = pod.status?.podIP
    if (view === undefined || ip === undefined) return []
    const handsOver = view.stage === 'inFlight' && view.state?.step === 'hot'
    const isNext = view.entry.hash !== latest && mayDrain(view, now)
    return handsOver || isNext ? [{ key: view.key, ip }] : []
  })
  await eachLimited(asked, AT_A_TIME, async ({ key, ip }) => {
    const status = await agents.status(ip, signal)
    if (status !== undefined) answers.set(key, status)
  })
  return answers
}
