import type { EventOf } from './events.ts'
import type { Effect } from './effects.ts'
import { limits } from './limits.ts'
import type { Moment } from './record.ts'
import type { Draining, HandoverRecord } from './state.ts'
import type { Step } from './transitions.ts'
import { settle, stay } from './transitions.ts'

/**
 * Transitions after the point of no return. A newer order, also one that leads back to the draining
 * slot, waits until the drain has ended: the old process has closed its listeners for good, so it
 * would have to be stopped first, and that cuts the connections the drain is there to spare.
 * There are two slots, so a third process never comes about.
 */

export function drainAgain(state: Draining): Step {
  return stay(state, ...orderDrain(state))
}

function orderDrain(state: Draining): readonly Effect[] {
  const { from } = state.record
  if (from === null || state.stopOrderedAt !== null) return []
  return [{ kind: 'beginDrain', slot: from, drain: state.order.drain }]
}

export function countConnections(
  state: Draining,
  event: EventOf<'connections'>,
  moment: Moment,
): Step {
  if (state.stopOrderedAt !== null) return stay(state)
  const quiet = event.count === 0 ? state.quiet + 1 : 0
  const record = { ...state.record, connectionsLeft: event.count }
  if (quiet >= limits.quietReadings) return stopOld({ ...state, quiet, record }, moment)
  if (quiet === state.quiet && event.count === state.record.connectionsLeft) return stay(state)
  return stay({ ...state, quiet, record })
}

export function reportLeft(state: Draining, _event: unknown, moment: Moment): Step {
  const record = { ...state.record, reportedAt: moment.at }
  return stay({ ...state, record }, { kind: 'reportLeft', record })
}

/**
 * The old process has reached its longest life, or the new one is lost and the old one cannot accept
 * again unless it starts anew: what is left is cut, and counted. In the second case the end of the
 * drain is followed by a failover to the slot that is idle then.
 */
export function cutRest(state: Draining, _event: unknown, moment: Moment): Step {
  if (state.stopOrderedAt !== null) return stay(state)
  const { record } = state
  return stopOld(
    { ...state, record: { ...record, connectionsCut: record.connectionsLeft } },
    moment,
  )
}

function stopOld(state: Draining, moment: Moment): Step {
  return stopAgain({ ...state, stopOrderedAt: moment.at })
}

export function stopAgain(state: Draining): Step {
  const { from } = state.record
  if (from === null) return stay(state)
  return stay(state, { kind: 'stopSlot', slot: from, graceMs: limits.stopGraceMs })
}

export function oldStopped(state: Draining, _event: unknown, moment: Moment): Step {
  // Without our order it ended by itself, or with its container: what it had left is lost too.
  const cut =
    state.stopOrderedAt === null ? state.record.connectionsLeft : state.record.connectionsCut
  const settled = settle({ ...state, record: drained(state.record, cut) }, moment)
  // Its launcher would start anew what has ended by itself.
  return { state: settled.state, effects: [...stopAgain(state).effects, ...settled.effects] }
}

function drained(record: HandoverRecord, cut: number): HandoverRecord {
  const connectionsDrained = Math.max(0, record.connectionsAtDrain - cut)
  return {
    ...record,
    connectionsLeft: 0,
    connectionsCut: cut,
    connectionsDrained,
    message:
      `${record.to} took over ${record.listeners} listeners from ${record.from ?? 'nobody'}; ` +
      `${connectionsDrained} connections drained, ${cut} cut.`,
  }
}
