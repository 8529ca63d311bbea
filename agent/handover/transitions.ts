import type { AbortReason } from '../../api/reasons.ts'
import type { DesiredContainer } from '../../api/desired.ts'
import type { Effect } from './effects.ts'
import type { EventOf } from './events.ts'
import { limits } from './limits.ts'
import type { Moment } from './record.ts'
import { closeRecord, newRecord } from './record.ts'
import type { Assigned, Confirming, Ordered, Resting, Starting, State, Waiting } from './state.ts'
import { shared } from './state.ts'

/** The state after an event, and what is to be done once that state is on disk. */
export interface Step {
  readonly state: State
  readonly effects: readonly Effect[]
}

export function stay(state: State, ...effects: readonly Effect[]): Step {
  return { state, effects }
}

/** A new order, taken up from rest. */
export function adopt(state: State, event: EventOf<'ordered'>, moment: Moment): Step {
  return { state: ordered(state, event.order, moment), effects: [] }
}

function ordered(state: State, order: DesiredContainer, moment: Moment): State {
  const { active } = state
  const record = newRecord(order, active, order.active, moment)
  const known = state.phase === 'Unassigned' ? null : state
  const assigned: Assigned = {
    active,
    home: order.active,
    order,
    since: moment.at,
    record,
    aborted: null,
    addresses: known?.addresses ?? [],
    aside: known?.aside ?? null,
    turnedBack: known?.turnedBack ?? null,
    restartedAt: known?.restartedAt ?? null,
  }
  if (active !== order.active) return { ...assigned, phase: 'Waiting' }
  const message = `${active} serves already.`
  const listeners = assigned.addresses.length
  const closed = closeRecord({ ...record, message, listeners, servingAt: moment.at }, moment)
  return { ...assigned, phase: 'Settled', record: closed }
}

/** The same order with other terms: they hold from now on, whatever it has come to. */
export function amend(state: Ordered, event: EventOf<'amended'>): Step {
  return stay({ ...state, order: event.order })
}

/** The order that waited has come to nothing. */
export function replace(state: Waiting, event: EventOf<'ordered'>, moment: Moment): Step {
  return {
    state: ordered(state, event.order, moment),
    effects: [{ kind: 'finished', result: 'Superseded', record: state.record }],
  }
}

/** Before the point of no return a newer order may still stop the new process. */
export function supersede(
  state: Starting | Confirming,
  event: EventOf<'ordered'>,
  moment: Moment,
): Step {
  const { record, order } = state
  return {
    state: ordered(state, event.order, moment),
    effects: [
      { kind: 'finished', result: 'Superseded', record },
      // At the very first start nobody serves beside it, so there is nothing to drain.
      record.from === null
        ? { kind: 'stopSlot', slot: record.to, graceMs: limits.stopGraceMs, reason: 'Retired' }
        : { kind: 'retireSlot', slot: record.to, drain: order.drain },
    ],
  }
}

export function startTarget(state: Waiting, _event: unknown, moment: Moment): Step {
  const { record } = state
  // A failover while waiting may have made the ordered slot the active one already.
  if (state.active === record.to) return settle(state, moment)
  return {
    state: { ...state, phase: 'Starting', since: moment.at },
    effects: [{ kind: 'startSlot', slot: record.to }],
  }
}

/** The order was carried out, or a return after a failover has ended. */
export function settle(state: Assigned, moment: Moment): Step {
  const { record, aborted } = state
  const closed = closeRecord(record, moment)
  // The way back home does not make a good order of one that was given up.
  const final = aborted === null ? closed : { ...closed, ...aborted }
  const phase = aborted === null ? 'Settled' : 'Aborted'
  return {
    state: { ...shared(state), phase, since: moment.at, record: final },
    effects: [{ kind: 'finished', result: phase, record: final }],
  }
}

/** The new process is stopped; the old one was never told anything. */
export function abort(
  state: Waiting | Starting | Confirming,
  reason: AbortReason,
  message: string,
  moment: Moment,
): Step {
  const verdict = { reason, message }
  const record = { ...closeRecord(state.record, moment), ...verdict, settledAt: null }
  const home = state.active ?? state.home
  const retire: Effect = { kind: 'retireSlot', slot: record.to, drain: state.order.drain }
  const finished: Effect = { kind: 'finished', result: 'Aborted', record }
  return {
    state: {
      ...shared(state),
      phase: 'Aborted',
      home,
      since: moment.at,
      record,
      aborted: verdict,
    },
    effects: state.active === record.to ? [finished] : [retire, finished],
  }
}

/** What goes wrong at a pod's first start is told, but there is nothing to go back to. */
export function complain(state: Waiting | Starting, reason: AbortReason, message: string): Step {
  const { record } = state
  if (record.reason === reason && record.message === message) return stay(state)
  return stay({ ...state, record: { ...record, reason, message } })
}

export function retire(state: Ordered, event: EventOf<'stray'>): Step {
  return stay(state, { kind: 'retireSlot', slot: event.slot, drain: state.order.drain })
}

export function startIdle(state: State, event: EventOf<'idle'>): Step {
  return stay(state, { kind: 'startSlot', slot: event.slot })
}

export function fileActive(state: State): Step {
  return state.active === null
    ? stay(state)
    : stay(state, { kind: 'setActive', slot: state.active })
}

export function relist(state: Waiting | Resting, event: EventOf<'relisted'>): Step {
  return stay({ ...state, addresses: event.listening })
}

export function dropUnwanted(state: State, event: EventOf<'unwanted'>): Step {
  return stay(state, { kind: 'dropListeners', addresses: event.addresses })
}
