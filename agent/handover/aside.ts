import { accountText, closeAccount, readAccount } from './accounting.ts'
import type { EventOf } from './events.ts'
import { limits } from './limits.ts'
import type { HandoverRecord, Moment } from './record.ts'
import { closeRecord, newRecord } from './record.ts'
import type { AsideDrain, Draining, Ordered, ProcessId } from './state.ts'
import { shared } from './state.ts'
import type { Step } from './transitions.ts'
import { stay } from './transitions.ts'

/**
 * A drain that goes on beside the next handover. An order back to the draining version does not
 * wait for its drain: the draining process is set aside in its slot, and a second one of the same
 * version is started there, on the held listeners. From then on the slot's process is the new one;
 * the one set aside only ends, under the limits of the order that had it drained, and what it cut
 * is counted into the record of that handover. There is one at most in a pod.
 */

export function turnBack(state: Draining, event: EventOf<'turnedBack'>, moment: Moment): Step {
  const { order } = event
  const record = newRecord(order, state.active, order.active, moment)
  return {
    state: {
      ...shared(state),
      phase: 'Starting',
      home: order.active,
      order,
      since: moment.at,
      record,
      aborted: null,
      aside: asideOf(state, order.active, event.process, 'TurnedBack', moment),
    },
    effects: [{ kind: 'replaceSlot', slot: order.active, urgent: false }],
  }
}

/** The drain at hand, to be carried on aside. */
export function asideOf(
  state: Draining,
  slot: string,
  process: ProcessId,
  reason: string,
  moment: Moment,
): AsideDrain {
  const { record, order, quiet, stopOrderedAt } = state
  const message = `${slot} has to serve again before its old process has drained.`
  return {
    slot,
    process,
    record: { ...record, drainStartedAt: record.drainStartedAt ?? moment.at, reason, message },
    drain: order.drain,
    quiet,
    stopOrderedAt,
  }
}

/** After the loss of the file that knew of it: it is ended as any other, by the present terms. */
export function findAside(state: Ordered, event: EventOf<'asideFound'>, moment: Moment): Step {
  const { slot, process } = event
  const { order, active } = state
  const record: HandoverRecord = {
    ...newRecord(order, slot, active ?? order.active, moment),
    drainStartedAt: moment.at,
  }
  const drain = order.drain
  const aside = { slot, process, record, drain, quiet: 0, stopOrderedAt: null }
  return stay({ ...state, aside })
}

export function replaceAgain(state: Ordered): Step {
  const urgent = state.phase === 'FailedOver'
  return stay(state, { kind: 'replaceSlot', slot: state.record.to, urgent })
}

export function countAside(state: Ordered, event: EventOf<'asideCounted'>, moment: Moment): Step {
  const { aside } = state
  if (aside === null || aside.stopOrderedAt !== null) return stay(state)
  const quiet = event.count.total === 0 ? aside.quiet + 1 : 0
  const record = readAccount(aside.record, event.count, quiet)
  if (record === aside.record && quiet === aside.quiet) return stay(state)
  const counted = { ...aside, quiet, record }
  if (quiet >= limits.quietReadings) return stopAside(state, counted, moment)
  return stay({ ...state, aside: counted })
}

/** The longest life that was ordered for it holds here as well: what is left is cut, and counted. */
export function cutAside(state: Ordered, _event: unknown, moment: Moment): Step {
  const { aside } = state
  if (aside === null || aside.stopOrderedAt !== null) return stay(state)
  const record: HandoverRecord = { ...aside.record, cutReason: 'MaxSeconds' }
  return stopAside(state, { ...aside, record }, moment)
}

function stopAside(state: Ordered, aside: AsideDrain, moment: Moment): Step {
  const stopped: Ordered = { ...state, aside: { ...aside, stopOrderedAt: moment.at } }
  return stay(stopped, ...stopAsideAgain(stopped).effects)
}

export function stopAsideAgain(state: Ordered): Step {
  const { aside } = state
  if (aside === null) return stay(state)
  return stay(state, { kind: 'stopAside', slot: aside.slot, graceMs: limits.stopGraceMs })
}

export function endAside(state: Ordered, event: EventOf<'asideEnded'>, moment: Moment): Step {
  const { aside } = state
  if (aside === null) return stay(state)
  const ordered = aside.stopOrderedAt !== null
  const overdue = isOverdue(aside, moment.at)
  const record = closeRecord(closeAccount(aside.record, event.end, ordered, overdue), moment)
  const { from, to } = record
  const message =
    `${to} took over ${record.listeners} listeners from ${from ?? 'nobody'} ` +
    `and gave them back in mid-drain${accountText(record, !ordered)}`
  const ended = { ...record, message }
  return stay(
    { ...state, aside: null, turnedBack: ended },
    { kind: 'finished', result: 'TurnedBack', record: ended },
  )
}

/** It has had all the time that was ordered for it. */
export function isOverdue({ record, drain }: AsideDrain, at: number): boolean {
  return at - (record.drainStartedAt ?? at) >= drain.maxSeconds * 1000
}
