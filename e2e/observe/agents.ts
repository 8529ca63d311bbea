import type { AgentStatus } from '../../api/agentStatus.ts'
import { parseAgentStatus } from '../../api/agentStatus.ts'
import { AGENT_PORT } from '../../api/group.ts'
import type { Pod } from '../../runtime/client/kinds.ts'

/** What a pod's agent says of itself, undefined while it does not answer. */
export async function agentStatus(pod: Pod): Promise<AgentStatus | undefined> {
  const address = pod.status?.podIP
  if (address === undefined) return undefined
  try {
    const response = await fetch(`http://${address}:${AGENT_PORT}/status`, {
      signal: AbortSignal.timeout(1000),
    })
    return parseAgentStatus(await response.text())
  } catch {
    return undefined
  }
}

/** Series (`name{labels}`) to value, of the Prometheus text format. */
export function parseMetrics(text: string): ReadonlyMap<string, number> {
  const series = new Map<string, number>()
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue
    const space = line.lastIndexOf(' ')
    series.set(line.slice(0, space), Number(line.slice(space + 1)))
  }
  return series
}
