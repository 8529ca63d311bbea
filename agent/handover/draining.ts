import { accountText, closeAccount, readAccount } from './accounting.ts'
import type { Effect } from './effects.ts'
import type { EventOf } from './events.ts'
import { limits } from './limits.ts'
import type { HandoverRecord, Moment } from './record.ts'
import type { Draining } from './state.ts'
import type { Step } from './transitions.ts'
import { settle, stay } from './transitions.ts'

/**
 * Transitions after the point of no return. The old process has closed its listeners for good and
 * lives for the connections it has. So a newer order cannot simply start it again. There are three
 * ways for one that comes now:
 * - back to the draining version: that one is set aside, where it drains on, and a second process
 *   of it is started in the same slot (aside.ts). The clients have the old version back at once,
 *   and lose nothing;
 * - to a version that is in no slot yet: the draining slot is the one that would have to take it,
 *   and its container cannot be restarted without cutting what the drain is there to spare. It
 *   waits, and of several that wait the newest is taken up when the drain has ended;
 * - back, while one is set aside already: it waits in the same way. So there are never more than
 *   two versions, nor more than three processes.
 * The same second process is the way out when the new one is lost in mid-drain (failover.ts).
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
  const quiet = event.count.total === 0 ? state.quiet + 1 : 0
  const record = readAccount(state.record, event.count, quiet)
  if (quiet >= limits.quietReadings)
    return stopOld({ ...state, quiet, record }, limits.stopGraceMs, moment)
  if (quiet === state.quiet && record === state.record) return stay(state)
  return stay({ ...state, quiet, record })
}

export function reportLeft(state: Draining, _event: unknown, moment: Moment): Step {
  const record = { ...state.record, reportedAt: moment.at }
  return stay({ ...state, record }, { kind: 'reportLeft', record })
}

/** The old process has reached its longest life: what is left is cut, and counted. */
export function cutRest(state: Draining, _event: unknown, moment: Moment): Step {
  return cut(state, 'MaxSeconds', limits.stopGraceMs, moment)
}

/**
 * The new process is lost, and the old one cannot accept again unless it starts anew: it is stopped
 * too. The end of this drain is followed by a failover to its slot, which is idle then.
 */
export function makeRoom(state: Draining, _event: unknown, moment: Moment): Step {
  return cut(state, 'MadeRoom', limits.urgentGraceMs, moment)
}

function cut(
  state: Draining,
  cutReason: HandoverRecord['cutReason'],
  graceMs: number,
  moment: Moment,
): Step {
  if (state.stopOrderedAt !== null) return stay(state)
  return stopOld({ ...state, record: { ...state.record, cutReason } }, graceMs, moment)
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

export function oldStopped(state: Draining, event: EventOf<'stopped'>, moment: Moment): Step {
  const { stopOrderedAt, order } = state
  const drainStartedAt = state.record.drainStartedAt ?? moment.at
  const overdue = moment.at - drainStartedAt >= order.drain.maxSeconds * 1000
  const ordered = stopOrderedAt !== null
  const record = closeAccount(state.record, event.end, ordered, overdue)
  const took = `${record.to} took over ${record.listeners} listeners from ${record.from ?? 'nobody'}`
  const message = `${took}${accountText(record, !ordered)}`
  const settled = settle({ ...state, record: { ...record, message } }, moment)
  // Its launcher would start anew what has ended by itself. One that has started by itself for want
  // of the new process may be all there is: what is to become of it is seen next.
  const stop = event.standIn ? [] : stopAgain(state).effects
  // What fails ends the list of effects, and the numbers must be told.
  return { state: settled.state, effects: [...settled.effects, ...stop] }
}
