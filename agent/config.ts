import type { AgentConfig } from '../api/agentConfig.ts'
import { parseAgentConfig } from '../api/agentConfig.ts'

/** The only reader of the agent's environment. Errors: DecodeError that names the field. */
export function readConfig(env: NodeJS.ProcessEnv): AgentConfig {
  const text = env['BATON_CONFIG']
  if (text === undefined) {
    throw new Error('BATON_CONFIG is not set: the agent is started by the injected container only')
  }
  return parseAgentConfig(text)
}

/** The annotation `baton.dev/interception`, as the init container `baton-iptables` is given it. */
export function readAnnotation(env: NodeJS.ProcessEnv): string | undefined {
  return env['BATON_INTERCEPTION']
}

/** Fields that every log line carries. */
export function podFields(env: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  const fields = { pod: env['POD_NAME'], namespace: env['POD_NAMESPACE'] }
  return Object.fromEntries(
    Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}
