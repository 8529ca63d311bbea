import { SYSTEM_NAMESPACE } from '../api/group.ts'

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
}

const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const
type LogLevel = (typeof LOG_LEVELS)[number]

/** The environment is not what the manifest gives; `variable` is the one to correct. */
export class ConfigError extends Error {
  readonly code = 'BATON_CONFIG'
  readonly variable: string

  constructor(variable: string, problem: string) {
    super(`environment variable ${variable} ${problem}`)
    this.name = 'ConfigError'
    this.variable = variable
  }
}

/** Errors: {@link ConfigError}. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): WebhookConfig {
  return {
    agentImage: required(env, 'AGENT_IMAGE'),
    podName: env['POD_NAME'] ?? 'baton-webhook',
    namespace: env['POD_NAMESPACE'] ?? SYSTEM_NAMESPACE,
    webhookPort: port(env, 'WEBHOOK_PORT', 9443),
    healthPort: port(env, 'HEALTH_PORT', 8081),
    metricsPort: port(env, 'METRICS_PORT', 8080),
    logLevel: logLevel(env['LOG_LEVEL'] ?? 'info'),
  }
}

type Environment = Parameters<typeof readConfig>[0]

function required(env: Environment, name: string): string {
  const value = env[name]
  if (value === undefined || value === '') throw new ConfigError(name, 'is not set; set it')
  return value
}

function port(env: Environment, name: string, byDefault: number): number {
  const text = env[name]
  if (text === undefined) return byDefault
  const value = Number(text)
  // 0 is for tests: any free port.
  if (Number.isInteger(value) && value >= 0 && value <= 65535) return value
  throw new ConfigError(name, `is ${JSON.stringify(text)}; use a port from 0 to 65535`)
}

function logLevel(text: string): LogLevel {
  const level = LOG_LEVELS.find((one) => one === text)
  if (level !== undefined) return level
  throw new ConfigError(
    'LOG_LEVEL',
    `is ${JSON.stringify(text)}; use one of ${LOG_LEVELS.join(', ')}`,
  )
}
