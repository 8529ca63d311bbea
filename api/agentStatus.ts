import {
  array,
  boolean,
  decodeJson,
  literal,
  nullable,
  number,
  object,
  optional,
  record,
  string,
} from './decode.ts'

/**
 * Phases of one handover, in the order of a good one; the last two are the other ends.
 * `Waiting`: the slot has not restarted yet. `FailedOver`: the old process died, another took over.
 */
export const handoverPhases = [
  'Waiting',
  'Starting',
  'Confirming',
  'Draining',
  'Settled',
  'Aborted',
  'FailedOver',
] as const
export type HandoverPhase = (typeof handoverPhases)[number]

const handover = object({
  id: string,
  /** Slot that served before; null at the first start of a pod. */
  from: nullable(string),
  to: string,
  revision: string,
  phase: literal(...handoverPhases),
  /** Constant in UpperCamelCase; empty while all is well. */
  reason: string,
  message: string,
  /** Times are RFC 3339 with milliseconds, absent until reached. */
  startedAt: optional(string),
  servingAt: optional(string),
  drainStartedAt: optional(string),
  /** The timer ran out with connections left; the pod counts as upgraded. */
  reportedAt: optional(string),
  settledAt: optional(string),
  listeners: number,
  connectionsAtDrain: number,
  connectionsLeft: number,
  connectionsDrained: number,
  connectionsCut: number,
  /** Growth of the pod's kernel counters from start to end of the handover. */
  kernel: record(number),
})

const slot = object({
  boot: number,
  running: boolean,
  listening: array(string),
})

const container = object({
  /** Slot that serves; null before the first start. */
  active: nullable(string),
  phase: literal(...handoverPhases),
  handover: nullable(handover),
  slots: record(slot),
})

const status = object({ v: literal(1), ready: boolean, containers: record(container) })

/** The answer of the agent's `GET /status`. */
export type AgentStatus = ReturnType<typeof status>
export type AgentContainerStatus = ReturnType<typeof container>
export type HandoverStatus = ReturnType<typeof handover>

/** Errors: DecodeError that names the field. */
export function parseAgentStatus(text: string): AgentStatus {
  return decodeJson(status, text, 'status')
}

/** The operator's view of a handover: still going on, counted as done, or given up. */
export function handoverOutcome(status: HandoverStatus): 'inFlight' | 'settled' | 'failed' {
  if (status.phase === 'Aborted') return 'failed'
  if (status.phase === 'Settled' || status.phase === 'FailedOver') return 'settled'
  return status.reportedAt === undefined ? 'inFlight' : 'settled'
}
