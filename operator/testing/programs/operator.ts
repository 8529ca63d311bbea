import { KubeConfig } from '@kubernetes/client-node'
import { createLogger } from '../../../runtime/logging/logger.ts'
import { readConfig } from '../../config.ts'
import { createOperator } from '../../operator.ts'

/** operator/main.ts, with the agents of a test and a lease that a test can wait for. */
const config = readConfig()
const kubeConfig = new KubeConfig()
kubeConfig.loadFromDefault()
await createOperator({
  kubeConfig,
  config,
  logger: createLogger({ level: config.logLevel }),
  agentPort: Number(process.env['TEST_AGENT_PORT']),
  leaseDurationMs: Number(process.env['TEST_LEASE_MS']),
  pollMs: 20,
}).run(new AbortController().signal)
