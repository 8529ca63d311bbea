import type { AgentStatus } from '../../api/agentStatus.ts'
import { parseAgentStatus } from '../../api/agentStatus.ts'
import { AGENT_PORT } from '../../api/group.ts'
import type { Pod } from '../../runtime/client/kinds.ts'
import { keyOf } from '../../runtime/client/objects.ts'
import { isApiError } from '../../runtime/transport/apiError.ts'
import type { Cluster } from './cluster.ts'

const AT_A_TIME = 16
/** An agent answers from memory: what takes longer is not reached. */
const DEADLINE_MS = 3_000

/**
 * Asks agents by way of the API server, with the user's own rights (`get pods/proxy`). By pod key; no
 * answer, no entry. Notes why nobody can be asked.
 * @param silent gets a sentence for each agent that did not answer
 */
export async function askAgents(
  { client }: Cluster,
  pods: readonly Pod[],
  notes: string[],
  silent: string[] = [],
): Promise<ReadonlyMap<string, AgentStatus>> {
  const answers = new Map<string, AgentStatus>()
  const waiting = [...pods]
  const forbidden: string[] = []
  const work = async (): Promise<void> => {
    for (
      let pod = waiting.pop();
      pod !== undefined && forbidden.length === 0;
      pod = waiting.pop()
    ) {
      const { namespace = '', name } = pod.metadata
      const path = `/api/v1/namespaces/${namespace}/pods/${name}:${AGENT_PORT}/proxy/status`
      try {
        const call = { method: 'GET', path, deadlineMs: DEADLINE_MS, retry: false } as const
        const answer = await client.transport.request(call)
        answers.set(keyOf(pod), parseAgentStatus(JSON.stringify(answer)))
      } catch (error) {
        // A pod that goes, or one behind a network policy, tells nothing: that is no failure.
        if (isApiError(error, 'Forbidden')) forbidden.push(error.message)
        else silent.push(`the agent of ${keyOf(pod)} did not answer: ${describe(error)}`)
      }
    }
  }
  await Promise.all(Array.from({ length: AT_A_TIME }, work))
  const [refusal] = forbidden
  if (refusal !== undefined) notes.push(`agents may not be asked (get pods/proxy): ${refusal}`)
  return answers
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
