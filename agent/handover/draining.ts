import type { EventOf } from './events.ts'
import type { Effect } from './effects.ts'
import { limits } from './limits.ts'
import type { Moment } from './record.ts'
import type { Draining } from './state.ts'
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
  if (quiet >= limits.quietReadings)
    return stopOld({ ...state, quiet, record }, limits.stopGraceMs, moment)
  if (quiet === state.quiet && event.count === state.record.connectionsLeft) return stay(state)
  return stay({ ...state, quiet, record })
}

export function reportLeft(state: Draining, _event: unknown, moment: Moment): Step {
  const record = { ...state.record, reportedAt: moment.at }
  return stay({ ...state, record }, { kind: 'reportLeft', record })
}

/** The old process has reached its longest life: what is left is cut, and counted. */
export function cutRest(state: Draining, _event: unknown, moment: Moment): Step {
  return cut(state, limits.stopGraceMs, moment)
}

/**
 * The new process is lost, and the old one cannot accept again unless it starts anew: it is stopped
 * too. The end of this drain is followed by a failover to its slot, which is idle then.
 */
export function makeRoom(state: Draining, _event: unknown, moment: Moment): Step {
  return cut(state, limits.urgentGraceMs, moment)
}

function cut(state: Draining, graceMs: number, moment: Moment): Step {
  if (state.stopOrderedAt !== null) return stay(state)
  const { record } = state
  const counted = { ...record, connectionsCut: record.connectionsLeft }
  return stopOld({ ...state, record: counted }, graceMs, moment)
}

function stopOld(state: Draining, graceMs: number, moment: Moment): Step {
  return stopWithin({ ...state, stopOrderedAt: moment.at }, graceMs)
}

export function stopAgain(state: Draining): Step {
  return stopWithin(state, limits.stopGraceMs)
}

function stopWithin(state: Draining, graceMs: number): Step {
  const { from } = state.record
  return from === null ? stay(state) : stay(state, { kind: 'stopSlot', slot: from, graceMs })
}

export function oldStopped(state: Draining, _event: unknown, moment: Moment): Step {
  const { record, stopOrderedAt } = state
  // Without our order it ended by itself, or with its container: what it had left is lost too.
  const connectionsCut = stopOrderedAt === null ? record.connectionsLeft : record.connectionsCut
  const connectionsDrained = Math.max(0, record.connectionsAtDrain - connectionsCut)
  const numbers = { ...record, connectionsLeft: 0, connectionsCut, connectionsDrained }
  const message = endMessage({ ...state, record: numbers })
  const settled = settle({ ...state, record: { ...numbers, message } }, moment)
  // Its launcher would start anew what has ended by itself.
  return { state: settled.state, effects: [...stopAgain(state).effects, ...settled.effects] }
}

function endMessage({ record, order, stopOrderedAt }: Draining): string {
  const took = `${record.to} took over ${record.listeners} listeners from ${record.from ?? 'nobody'}`
  if (order.drain.method.envoy !== undefined) {
    return `${took}; ${record.connectionsDrained} connections drained, ${record.connectionsCut} cut.`
  }
  // Only some proxies tell their connections; of the others there is nothing to say but the end.
  const end = stopOrderedAt === null ? 'ended by itself' : 'was stopped'
  return `${took}, which ${end}.`
}
