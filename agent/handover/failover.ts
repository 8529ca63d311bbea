import type { FailoverReason } from '../../api/reasons.ts'
import { asideOf } from './aside.ts'
import type { Effect } from './effects.ts'
import type { EventOf } from './events.ts'
import { limits } from './limits.ts'
import type { HandoverRecord, Moment } from './record.ts'
import { closeRecord, newRecord } from './record.ts'
import type {
  Confirming,
  Draining,
  Ordered,
  Resting,
  Starting,
  State,
  Unassigned,
  Waiting,
} from './state.ts'
import { shared } from './state.ts'
import { makeRoom } from './draining.ts'
import type { Step } from './transitions.ts'
import { stay } from './transitions.ts'

/** Transitions for the loss of the process that serves: another slot steps in, and leads back. */

const lostTexts: {
  readonly [W in EventOf<'activeLost'>['why']]: {
    readonly reason: FailoverReason
    readonly text: string
  }
} = {
  gone: { reason: 'SlotGone', text: 'has no launcher any more' },
  terminating: { reason: 'SlotTerminating', text: 'is being restarted' },
  failing: { reason: 'ProxyExited', text: 'keeps exiting' },
}

/** Another slot steps in, whatever version it holds: any beats none. */
export function failOver(
  state: Starting | Confirming | Resting,
  event: EventOf<'activeLost'>,
  moment: Moment,
): Step {
  const record = lossRecord(state, event, moment)
  return {
    state: {
      ...shared(state),
      phase: 'FailedOver',
      active: event.other,
      home: homeAfter(state, event),
      since: moment.at,
      record,
    },
    effects: stepIn(event.other),
  }
}

/**
 * There is no way back to a process that keeps exiting: it served well enough to be taken for good,
 * would again, and each round would cost the clients what it had.
 */
function homeAfter({ home }: Ordered, { why, other }: EventOf<'activeLost'>): string {
  return why === 'failing' ? other : home
}

function lossRecord(state: Ordered, event: EventOf<'activeLost'>, moment: Moment): HandoverRecord {
  const { reason, text } = lostTexts[event.why]
  const lost = state.active ?? state.home
  return {
    ...newRecord(state.order, state.active, event.other, moment),
    reason,
    message: `${event.other} stands in for ${lost}, which ${text}.`,
    connectionsAtDrain: event.cut,
    connectionsCut: event.cut,
    cutReason: event.why === 'gone' ? 'SlotGone' : 'ProxyKilled',
  }
}

/**
 * Started first: that saves the clients' time, and needs no room on a full disk. Should the agent
 * die in between, the same loss is seen again.
 */
function stepIn(slot: string): readonly Effect[] {
  return [
    { kind: 'startSlot', slot },
    { kind: 'setActive', slot },
  ]
}

/** An order that still waits for its slot goes on waiting; only who serves meanwhile changes. */
export function failOverWaiting(state: Waiting, event: EventOf<'activeLost'>): Step {
  return {
    state: { ...state, active: event.other, record: { ...state.record, from: event.other } },
    effects: stepIn(event.other),
  }
}

export function failOverUnassigned(state: Unassigned, event: EventOf<'activeLost'>): Step {
  return { state: { ...state, active: event.other }, effects: stepIn(event.other) }
}

/**
 * The new process is lost, and the old one has closed its listeners: a second one of the old
 * version starts beside it, where that is possible, and its drain goes on aside. Else it must end
 * first, and its slot is started when it has.
 */
export function failOverDraining(
  state: Draining,
  event: EventOf<'activeLost'>,
  moment: Moment,
): Step {
  const { beside, other } = event
  if (beside === null) return makeRoom(state, event, moment)
  const record = lossRecord(state, event, moment)
  return {
    state: {
      ...shared(state),
      phase: 'FailedOver',
      active: other,
      home: homeAfter(state, event),
      since: moment.at,
      record,
      aside: asideOf(state, other, beside, record.reason, moment),
    },
    effects: [
      { kind: 'replaceSlot', slot: other, urgent: true },
      { kind: 'setActive', slot: other },
    ],
  }
}

export function standInServes(state: Resting, event: EventOf<'serving'>, moment: Moment): Step {
  if (state.record.servingAt !== null) return stay(state)
  const listeners = event.listening.length
  const served = { ...state.record, servingAt: moment.at, listeners, unheld: event.unheld }
  const record = closeRecord(served, moment)
  const next = { ...state, record, addresses: event.listening }
  return stay(next, { kind: 'finished', result: 'FailedOver', record })
}

/** After a failover, back to the slot that was ordered: a handover like any other. */
export function returnHome(state: Resting, _event: unknown, moment: Moment): Step {
  return {
    state: {
      ...shared(state),
      phase: 'Starting',
      since: moment.at,
      record: newRecord(state.order, state.active, state.home, moment),
    },
    effects: [{ kind: 'startSlot', slot: state.home }],
  }
}

/** As the kubelet does on a failed liveness probe; the idle slot is then started again. */
export function restartActive(state: State, _event: unknown, moment: Moment): Step {
  if (state.active === null) return stay(state)
  const stop = stopHung(state.active)
  return state.phase === 'Unassigned'
    ? stay(state, stop)
    : stay({ ...state, restartedAt: moment.at }, stop)
}

/**
 * The other slot is as good, or a restart did not help. There is no way back home: what hangs once
 * hangs again, and each change would cost the clients the time that it takes to notice.
 */
export function replaceHung(state: Resting, event: EventOf<'unlive'>, moment: Moment): Step {
  const { other } = event
  if (other === null || state.active === null) return restartActive(state, event, moment)
  const record = newRecord(state.order, state.active, other, moment)
  const message = `${other} replaces ${state.active}, which failed its liveness probe: ${event.detail}.`
  return {
    state: {
      ...shared(state),
      phase: 'FailedOver',
      active: other,
      home: other,
      since: moment.at,
      restartedAt: moment.at,
      record: { ...record, reason: 'LivenessFailed', message },
    },
    effects: [...stepIn(other), stopHung(state.active)],
  }
}

/** It still takes connections from the shared queues, so it must go before they can be answered. */
function stopHung(slot: string): Effect {
  return { kind: 'stopSlot', slot, graceMs: limits.hungGraceMs, reason: 'LivenessFailed' }
}
