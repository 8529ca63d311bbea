import type { HandoverPhase } from '../../api/agentStatus.ts'
import type { DesiredContainer } from '../../api/desired.ts'

/**
 * What the agent knows about one hot container and has on disk (run/<container>/handover.json).
 *
 * Three slots of meaning that must not be confused:
 * - `active`: the slot that serves now, or shall serve as soon as it can; equals the file `active`;
 * - `home`: the slot that the order at hand leads to. It differs from `active` while a handover is
 *   under way and after a failover; the agent goes back to it when it can;
 * - `order.active`: what was ordered; differs from `home` only after the order was aborted.
 */
export type State = Unassigned | Waiting | Starting | Confirming | Draining | Resting

/** No order was seen yet. `active` may be known from an earlier life. */
export interface Unassigned {
  readonly phase: 'Unassigned'
  readonly active: string | null
}

export interface Assigned {
  readonly active: string | null
  readonly home: string
  readonly order: DesiredContainer
  /** When this phase was entered, in ms since 1970. */
  readonly since: number
  readonly record: HandoverRecord
  /** Why `order` was given up; the order is not tried again. */
  readonly aborted: Verdict | null
  /** Listening addresses of the active slot when it was last seen complete. */
  readonly addresses: readonly string[]
}

export interface Waiting extends Assigned {
  readonly phase: 'Waiting'
}
export interface Starting extends Assigned {
  readonly phase: 'Starting'
}
export interface Confirming extends Assigned {
  readonly phase: 'Confirming'
}
/** `record.from` was told to drain and may never serve again; `active` is `record.to` already. */
export interface Draining extends Assigned {
  readonly phase: 'Draining'
  /** Readings of no connection in a row. */
  readonly quiet: number
  readonly stopOrderedAt: number | null
}
/** Nothing is under way: a good end, an aborted order, or a slot that stepped in for another. */
export interface Resting extends Assigned {
  readonly phase: 'Settled' | 'Aborted' | 'FailedOver'
}

export type Phase = State['phase']
export const phases: readonly Phase[] = [
  'Unassigned',
  'Waiting',
  'Starting',
  'Confirming',
  'Draining',
  'Settled',
  'Aborted',
  'FailedOver',
]

export interface Verdict {
  /** UpperCamelCase. */
  readonly reason: string
  /** A sentence. */
  readonly message: string
}

/** Names and values of kernel counters; see kernel/counters.ts. */
export type Counters = Readonly<Record<string, number>>

/** The current or last handover. Times are ms since 1970, null until reached. */
export interface HandoverRecord extends Verdict {
  readonly id: string
  readonly from: string | null
  readonly to: string
  readonly revision: string
  readonly startedAt: number
  readonly servingAt: number | null
  readonly drainStartedAt: number | null
  readonly reportedAt: number | null
  readonly settledAt: number | null
  readonly listeners: number
  readonly connectionsAtDrain: number
  readonly connectionsLeft: number
  readonly connectionsDrained: number
  readonly connectionsCut: number
  readonly kernelBefore: Counters
  readonly kernel: Counters
}

/** The phase as `GET /status` tells it: the API knows no phase before the first order. */
export function shownPhase(state: State): HandoverPhase {
  return state.phase === 'Unassigned' ? 'Waiting' : state.phase
}

/** Closes a switch over a union: the compiler refuses a case that was forgotten. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value ${JSON.stringify(value)}`)
}

/** The fields that every phase after the first order has, without those of one phase alone. */
export function shared(state: Assigned): Assigned {
  const { active, home, order, since, record, aborted, addresses } = state
  return { active, home, order, since, record, aborted, addresses }
}
