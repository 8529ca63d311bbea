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
import { interceptionStatus } from './interception/status.ts'

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
  /** Why connections were cut; empty = none was. Absent in answers of older agents. */
  cutReason: optional(string),
  /** Connections by protocol, where the proxy tells them; they sum up to the totals. */
  protocols: optional(record(object({ atDrain: number, drained: number, cut: number }))),
  /** What the processes have bound but cannot hand over, such as "udp 0.0.0.0:53". */
  unheld: optional(array(string)),
  /** Growth of the pod's kernel counters from start to end of the handover. */
  kernel: record(number),
})

const slot = object({
  boot: number,
  running: boolean,
  listening: array(string),
  /** A second process drains in this slot, set aside for the one that runs. */
  aside: optional(boolean),
  /** The launcher started the process by itself, for the active slot was away. */
  standIn: optional(boolean),
})

const queue = object({
  address: string,
  /** Connections that wait to be accepted. */
  waiting: number,
  /** For how long they have; whole seconds. */
  seconds: number,
})

const container = object({
  /** Slot that serves; null before the first start. */
  active: nullable(string),
  phase: literal(...handoverPhases),
  handover: nullable(handover),
  /**
   * The handover before, if it was turned back in mid-drain: its old process drains on beside the
   * present one. Kept after its end until another is turned back.
   */
  turnedBack: optional(handover),
  /** Held listeners whose connections nobody accepts; absent = none. */
  stuckQueues: optional(array(queue)),
  /** Why nothing new is begun now, a sentence; absent = nothing is in the way. */
  blocked: optional(string),
  slots: record(slot),
})

const status = object({
  v: literal(1),
  ready: boolean,
  containers: record(container),
  /** Absent in pods that were injected without interception, and in answers of older agents. */
  interception: optional(interceptionStatus),
})

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
