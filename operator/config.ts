import { hostname } from 'node:os'
import { SYSTEM_NAMESPACE } from '../api/group.ts'
import type { LogLevel } from '../runtime/logging/logger.ts'

const FAILURE_POLICIES = ['Fail', 'Ignore'] as const
/** As in webhook configurations. */
export type FailurePolicy = (typeof FAILURE_POLICIES)[number]

/** What the operator is told by its environment. */
export interface OperatorConfig {
  /** POD_NAME: identity in the leader election. Defaults to the host's name. */
  readonly identity: string
  /** POD_NAMESPACE. */
  readonly namespace: string
  /** AGENT_IMAGE: brings the launcher into prefetch pods. */
  readonly agentImage: string
  /** FAILURE_POLICY: what becomes of a selected pod while no webhook answers. Defaults to Fail. */
  readonly failurePolicy: FailurePolicy
  /** LOG_LEVEL. */
  readonly logLevel: LogLevel
  /** METRICS_PORT: /metrics. */
  readonly metricsPort: number
  /** HEALTH_PORT: /healthz and /readyz. */
  readonly healthPort: number
}

/** The environment with defaults filled in. Errors: one that names the variable. */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): OperatorConfig {
  const agentImage = environment['AGENT_IMAGE'] ?? ''
  if (agentImage === '') {
    throw new Error('AGENT_IMAGE is not set: give the image of the agent')
  }
  return {
    identity: environment['POD_NAME'] ?? hostname(),
    namespace: environment['POD_NAMESPACE'] ?? SYSTEM_NAMESPACE,
    agentImage,
    failurePolicy: failurePolicyOf(environment['FAILURE_POLICY'] ?? 'Fail'),
    logLevel: logLevelOf(environment['LOG_LEVEL'] ?? 'info'),
    metricsPort: portOf(environment, 'METRICS_PORT', 8080),
    healthPort: portOf(environment, 'HEALTH_PORT', 8081),
  }
}

function failurePolicyOf(text: string): FailurePolicy {
  const policy = FAILURE_POLICIES.find((one) => one === text)
  if (policy !== undefined) return policy
  throw new Error(`FAILURE_POLICY is ${text}: give one of ${FAILURE_POLICIES.join(', ')}`)
}

function logLevelOf(text: string): LogLevel {
  const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error']
  const level = levels.find((one) => one === text)
  if (level !== undefined) return level
  throw new Error(`LOG_LEVEL is ${text}: give one of ${levels.join(', ')}`)
}

function portOf(environment: NodeJS.ProcessEnv, name: string, otherwise: number): number {
  const text = environment[name]
  if (text === undefined) return otherwise
  const port = Number(text)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw new Error(`${name} is ${text}: give a port number`)
}
