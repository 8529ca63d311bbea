import { KubeConfig } from '@kubernetes/client-node'
import { WEBHOOK } from '../api/installation.ts'
import { createClient } from '../runtime/client/client.ts'
import { realClock } from '../runtime/clock/clock.ts'
import { createLogger } from '../runtime/logging/logger.ts'
import { createMetrics } from '../runtime/metrics/metrics.ts'
import { createTransport } from '../runtime/transport/transport.ts'
import { readConfig } from './config.ts'
import { createWebhook } from './webhook.ts'

const config = readConfig(process.env)
const logger = createLogger({
  level: config.logLevel,
  fields: { component: 'webhook', replica: config.podName },
})
const metrics = createMetrics({ processMetrics: true })
const kubeConfig = new KubeConfig()
kubeConfig.loadFromDefault()
const transport = createTransport({
  kubeConfig,
  userAgent: WEBHOOK,
  fieldManager: WEBHOOK,
  logger,
  metrics,
})
const stopping = new AbortController()
for (const name of ['SIGTERM', 'SIGINT'] as const) {
  process.on(name, () => {
    logger.info('signal received', { signal: name })
    stopping.abort()
  })
}

try {
  const client = createClient({ transport })
  await createWebhook({ config, client, clock: realClock, logger, metrics }).run(stopping.signal)
} catch (error) {
  logger.error('webhook failed', { error })
  process.exitCode = 1
} finally {
  await transport.close()
}
