import type { HandoverPhase } from '../../api/agentStatus.ts'
import type { DesiredContainer } from '../../api/desired.ts'
import type { HandoverRecord, Verdict } from './record.ts'

/**
 * What the agent knows about one hot container and has on disk (run/<container>/handover.json).
 * All times are of the monotonic clock.
 *
 * Three slots of meaning that must not be confused:
 * - `active`: the slot that serves now, or shall serve as soon as it can; equals the file `active`;
 * - `home`: the slot that the order at hand leads to. It differs from `active` while a handover is
 *   under way and after a failover; the agent goes back to it when it can;
 * - `order.active`: what was ordered; differs from `home` only after the order was aborted, or when
 *   its process turned out not to live.
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
  /** When this phase was entered. */
  readonly since: number
  readonly record: HandoverRecord
  /** Why `order` was given up; the order is not tried again. */
  readonly aborted: Verdict | null
  /** Listening addresses of the active slot when it was last seen complete. */
  readonly addresses: readonly string[]
  /** The drain that goes on beside all this. */
  readonly aside: AsideDrain | null
  /** The record of the last one that was set aside and has ended. */
  readonly turnedBack: HandoverRecord | null
  /** When a failed liveness probe last had the active process restarted. */
  readonly restartedAt: number | null
}

/** One process of a slot, for good: pids come again with the next container. */
export interface ProcessId {
  readonly boot: number
  readonly pid: number
}

/**
 * The drain of a process that was set aside because its slot had to serve again. It has no part in
 * what the slots do next: it ends, and is counted.
 */
export interface AsideDrain {
  readonly slot: string
  readonly process: ProcessId
  /** The handover that it is the end of. */
  readonly record: HandoverRecord
  readonly drain: DesiredContainer['drain']
  /** Readings of no connection in a row. */
  readonly quiet: number
  readonly stopOrderedAt: number | null
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
  /** The process that drains; null = not known, by a file of an agent before this one. */
  readonly old: ProcessId | null
  /** Readings of no connection in a row. */
  readonly quiet: number
  readonly stopOrderedAt: number | null
}
/** Nothing is under way: a good end, an aborted order, or a slot that stepped in for another. */
export interface Resting extends Assigned {
  readonly phase: 'Settled' | 'Aborted' | 'FailedOver'
}

/** All but the first: there is an order. */
export type Ordered = Exclude<State, Unassigned>

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
  const { active, home, order, since, record, aborted, addresses, ...beside } = state
  const { aside, turnedBack, restartedAt } = beside
  return {
    ...{ active, home, order, since, record, aborted, addresses },
    ...{ aside, turnedBack, restartedAt },
  }
}
