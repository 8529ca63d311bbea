import { SYSTEM_NAMESPACE } from '../api/group.ts'
import { PORTS, WEBHOOK } from '../api/installation.ts'
import type { Environment } from '../runtime/environment/environment.ts'
import { readerOf } from '../runtime/environment/environment.ts'
import type { LogLevel } from '../runtime/logging/logger.ts'

/** What the environment says about one replica of the webhook. */
export interface WebhookConfig {
  /** Image of the agent, for the pods that are injected. */
  readonly agentImage: string
  /** Name of this replica. */
  readonly podName: string
  readonly namespace: string
  readonly webhookPort: number
  readonly healthPort: number
  readonly metricsPort: number
  readonly logLevel: LogLevel
  readonly certificates: {
    /** CERTIFICATE_DIRECTORY: where another one's certificates are. Absent: our own CA. */
    readonly directory?: string
    /** CERTIFICATE_LIFETIME_SECONDS of this replica's own certificate. Defaults to a day. */
    readonly lifetimeMs: number
    /** CERTIFICATE_OVERLAP_SECONDS: how long a new CA is only trusted. Defaults to 10 minutes. */
    readonly overlapMs: number
  }
}

/** The environment with defaults filled in. @throws EnvironmentError */
export function readConfig(environment: Environment = process.env): WebhookConfig {
  const read = readerOf(environment)
  const directory = read.text('CERTIFICATE_DIRECTORY', '')
  return {
    agentImage: read.required('AGENT_IMAGE'),
    podName: read.text('POD_NAME', WEBHOOK),
    namespace: read.text('POD_NAMESPACE', SYSTEM_NAMESPACE),
    webhookPort: read.port('WEBHOOK_PORT', PORTS.webhook),
    healthPort: read.port('HEALTH_PORT', PORTS.health),
    metricsPort: read.port('METRICS_PORT', PORTS.metrics),
    logLevel: read.logLevel(),
    certificates: {
      ...(directory === '' ? {} : { directory }),
      lifetimeMs: read.seconds('CERTIFICATE_LIFETIME_SECONDS', 1, 86_400),
      overlapMs: read.seconds('CERTIFICATE_OVERLAP_SECONDS', 1, 600),
    },
  }
}
