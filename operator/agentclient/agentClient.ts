import { isIPv6 } from 'node:net'
import { Agent, request } from 'undici'
import { parseAgentStatus } from '../../api/agentStatus.ts'
import type { AgentStatus } from '../../api/agentStatus.ts'
import { AGENT_PORT } from '../../api/group.ts'
import type { Logger } from '../../runtime/logging/logger.ts'
import { silentLogger } from '../../runtime/logging/logger.ts'
import { createMetrics } from '../../runtime/metrics/metrics.ts'
import type { Metrics } from '../../runtime/metrics/metrics.ts'

export interface AgentClientOptions {
  /** Defaults to the agents' port; tests have their own. */
  readonly port?: number
  /** For the whole exchange. Defaults to 1,000. */
  readonly deadlineMs?: number
  readonly logger?: Logger
  readonly metrics?: Metrics
}

export interface AgentClient {
  /** What the agent of the pod with this address says; undefined when it does not answer in time. */
  status(podIp: string, signal?: AbortSignal): Promise<AgentStatus | undefined>
  close(): Promise<void>
}

/** Reads the status of agents. Never throws: an agent that cannot be reached is a normal thing. */
export function createAgentClient(options: AgentClientOptions = {}): AgentClient {
  const { port = AGENT_PORT, deadlineMs = 1_000, logger = silentLogger } = options
  const asked = (options.metrics ?? createMetrics()).counter({
    name: 'baton_operator_agent_requests_total',
    help: 'Times that agents were asked for their status, by whether they answered.',
    labelNames: ['result'],
  })
  for (const result of ['answered', 'silent']) asked.inc({ result }, 0)
  // Each pod is asked for some seconds and then never again: few connections, soon dropped.
  const dispatcher = new Agent({
    connections: 1,
    keepAliveTimeout: 2_000,
    connect: { timeout: deadlineMs },
    maxResponseSize: 1024 * 1024,
  })
  return {
    status: async (podIp, signal) => {
      const deadline = AbortSignal.timeout(deadlineMs)
      const host = isIPv6(podIp) ? `[${podIp}]` : podIp
      try {
        const answer = await request(`http://${host}:${port}/status`, {
          dispatcher,
          signal: signal === undefined ? deadline : AbortSignal.any([deadline, signal]),
        })
        const text = await answer.body.text()
        if (answer.statusCode !== 200) throw new Error(`the agent answered ${answer.statusCode}`)
        const status = parseAgentStatus(text)
        asked.inc({ result: 'answered' })
        return status
      } catch (error) {
        if (signal?.aborted !== true) asked.inc({ result: 'silent' })
        logger.debug('agent did not answer', { podIp, error })
        return undefined
      }
    },
    close: () => dispatcher.destroy(),
  }
}
