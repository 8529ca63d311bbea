import {
  array,
  boolean,
  decodeJson,
  literal,
  number,
  object,
  opaque,
  optional,
  record,
  string,
} from './decode.ts'

/** A core/v1 Probe as the webhook passes it on, with ports already resolved to numbers. */
export interface AgentProbe {
  readonly httpGet?: {
    readonly port: number
    readonly path?: string
    readonly host?: string
    readonly scheme?: string
    readonly httpHeaders?: readonly { readonly name: string; readonly value: string }[]
  }
  readonly tcpSocket?: { readonly port: number; readonly host?: string }
  readonly grpc?: { readonly port: number; readonly service?: string }
  readonly exec?: { readonly command: readonly string[] }
  readonly initialDelaySeconds?: number
  readonly timeoutSeconds?: number
  readonly periodSeconds?: number
  readonly successThreshold?: number
  readonly failureThreshold?: number
}

const privatePort = object({
  /** Port in the container's configuration. */
  port: number,
  /** Where each slot's process really listens. */
  slots: record(number),
  /** Where its second process does, the one that starts beside a draining one; see `replace`. */
  spares: optional(record(number)),
})

const container = object({
  name: string,
  slots: array(string),
  privatePorts: array(privatePort),
  readinessProbe: optional(opaque<AgentProbe>()),
  livenessProbe: optional(opaque<AgentProbe>()),
  startupProbe: optional(opaque<AgentProbe>()),
  /** Carried out against a new process alone, before the old one is told to drain. */
  healthCheck: optional(opaque<AgentProbe>()),
})

const config = object({
  v: literal(1),
  runDir: string,
  podInfoDir: string,
  port: number,
  containers: array(container),
  /** The pod was prepared by baton-iptables, and the agent may change its rules. */
  interception: optional(boolean),
})

/** What does not change in the life of a pod: the environment variable BATON_CONFIG of the agent. */
export type AgentConfig = ReturnType<typeof config>
export type AgentContainerConfig = ReturnType<typeof container>

/** Errors: DecodeError that names the field. */
export function parseAgentConfig(text: string): AgentConfig {
  return decodeJson(config, text, 'BATON_CONFIG')
}
