import { KubeConfig } from '@kubernetes/client-node'
import { createLogger } from '../runtime/logging/logger.ts'
import { readConfig } from './config.ts'
import { createOperator } from './operator.ts'

const config = readConfig()
const logger = createLogger({ level: config.logLevel })
const kubeConfig = new KubeConfig()
kubeConfig.loadFromDefault()

const stop = new AbortController()
for (const name of ['SIGTERM', 'SIGINT'] as const) {
  process.once(name, () => {
    logger.info('told to stop', { signal: name })
    stop.abort()
  })
}

try {
  await createOperator({ kubeConfig, config, logger }).run(stop.signal)
} catch (error) {
  // Losing the lease comes here too: another replica leads, and the kubelet starts this one anew.
  logger.error('operator failed', { error })
  process.exitCode = 1
}
