import { KubeConfig } from '@kubernetes/client-node'
import { InterceptionMetrics } from '../../agent/interception/metrics.ts'
import { AgentMetrics } from '../../agent/metrics/agentMetrics.ts'
import { WEBHOOK } from '../../api/installation.ts'
import { readConfig as readOperatorConfig } from '../../operator/config.ts'
import { createOperator } from '../../operator/operator.ts'
import { createClient } from '../../runtime/client/client.ts'
import { realClock } from '../../runtime/clock/clock.ts'
import { silentLogger } from '../../runtime/logging/logger.ts'
import { createTransport } from '../../runtime/transport/transport.ts'
import { readConfig as readWebhookConfig } from '../../webhook/config.ts'
import { createWebhook } from '../../webhook/webhook.ts'
import type { MetricFamily } from './family.ts'
import { parseExposition } from './parseExposition.ts'
import { recordingMetrics } from './recordingMetrics.ts'

export type Program = 'operator' | 'webhook' | 'agent'

/**
 * What each program measures, told by the programs: operator and webhook are put together as they
 * are when they start, and asked for nothing more; the agent says what it says before its first look.
 */
export function measured(): Readonly<Record<Program, readonly MetricFamily[]>> {
  return { operator: ofOperator(), webhook: ofWebhook(), agent: ofAgent() }
}

const AGENT_IMAGE = 'agent'

function ofOperator(): readonly MetricFamily[] {
  const { metrics, families } = recordingMetrics()
  const config = readOperatorConfig({ AGENT_IMAGE })
  createOperator({ kubeConfig: nowhere(), config, logger: silentLogger, metrics })
  return [...families.values()]
}

function ofWebhook(): readonly MetricFamily[] {
  const { metrics, families } = recordingMetrics()
  const user = { userAgent: WEBHOOK, fieldManager: WEBHOOK }
  const client = createClient({
    transport: createTransport({ kubeConfig: nowhere(), metrics, ...user }),
  })
  const config = readWebhookConfig({ AGENT_IMAGE })
  createWebhook({ config, client, clock: realClock, logger: silentLogger, metrics })
  return [...families.values()]
}

function ofAgent(): readonly MetricFamily[] {
  const slots = ['proxy-1', 'proxy-2']
  const containers = [{ name: 'proxy', slots, privatePorts: [] }]
  const config = { v: 1, runDir: '', podInfoDir: '', port: 0, containers } as const
  const text = new AgentMetrics(config).format({}) + new InterceptionMetrics().format()
  return parseExposition(text)
}

/** Nobody is asked before a program runs. */
function nowhere(): KubeConfig {
  const kubeConfig = new KubeConfig()
  kubeConfig.loadFromClusterAndUser(
    { name: 'nowhere', server: 'http://127.0.0.1:9', skipTLSVerify: true },
    { name: 'nobody' },
  )
  return kubeConfig
}
