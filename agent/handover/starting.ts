import type { AbortReason } from '../../api/reasons.ts'
import { openAccount } from './accounting.ts'
import type { EventOf } from './events.ts'
import { limits } from './limits.ts'
import type { Moment } from './record.ts'
import type { Confirming, Starting, Waiting } from './state.ts'
import { shared } from './state.ts'
import type { Step } from './transitions.ts'
import { abort, complain, settle, stay } from './transitions.ts'

/** Transitions between the order and the point of no return: the old process knows of nothing. */

export function neverRestarted(state: Waiting, _event: unknown, moment: Moment): Step {
  const { record, order } = state
  const boot = order.minBoot[record.to] ?? 0
  const message =
    `${record.to} has not reached boot ${boot} within ${order.startDeadlineSeconds} s: ` +
    'its container was not restarted, or still runs another process.'
  if (record.from === null) return complain(state, 'SlotNotRestarted', message)
  return abort(state, 'SlotNotRestarted', message, moment)
}

export function targetServes(state: Starting, event: EventOf<'serving'>, moment: Moment): Step {
  const listeners = event.listening.length
  const record = {
    ...state.record,
    reason: '',
    message: '',
    servingAt: moment.at,
    listeners,
    unheld: event.unheld,
  }
  const served = { ...state, addresses: event.listening, record, since: moment.at }
  if (record.from !== null) return stay({ ...served, phase: 'Confirming' })
  const message = `${record.to} serves ${listeners} listeners.`
  const settled = settle({ ...served, active: record.to, record: { ...record, message } }, moment)
  return {
    state: settled.state,
    effects: [{ kind: 'setActive', slot: record.to }, ...settled.effects],
  }
}

export function targetExited(
  state: Starting | Confirming,
  event: EventOf<'exited'>,
  moment: Moment,
): Step {
  const { record } = state
  const how = event.signal === 0 ? `with code ${event.code}` : `on signal ${event.signal}`
  const hint = limits.execFailedCodes.includes(event.code)
    ? ': its command cannot be executed in this image'
    : ''
  const message = `The process in ${record.to} has exited ${how}${hint}, ${event.failures} times.`
  if (state.phase === 'Starting') {
    if (record.from === null) return complain(state, 'ProxyExited', message)
    const hopeless = event.failures >= limits.startCrashes || hint !== ''
    if (!hopeless) return stay(state)
  }
  return abort(state, 'ProxyExited', message, moment)
}

export function startOverdue(state: Starting, event: EventOf<'deadline'>, moment: Moment): Step {
  const { reason, message } = overdueVerdict(state, event)
  if (state.record.from === null) return complain(state, reason, message)
  return abort(state, reason, message, moment)
}

function overdueVerdict(
  state: Starting,
  event: EventOf<'deadline'>,
): { readonly reason: AbortReason; readonly message: string } {
  const within = `within ${state.order.startDeadlineSeconds} s`
  const { to } = state.record
  if (event.listening.length === 0) {
    const message = `${to} listened on no address ${within}.`
    return { reason: 'StartDeadlineExceeded', message }
  }
  if (event.missing.length > 0) {
    const message = `${to} did not listen on ${event.missing.join(', ')} ${within}.`
    return { reason: 'ListenersMissing', message }
  }
  const message = `${to} listens but was not healthy ${within}: ${event.health}.`
  return { reason: 'HealthCheckFailed', message }
}

export function targetUnhealthy(
  state: Confirming,
  event: EventOf<'unhealthy'>,
  moment: Moment,
): Step {
  const message = `${state.record.to} became unhealthy while it was confirmed: ${event.detail}.`
  return abort(state, 'HealthCheckFailed', message, moment)
}

/** The kubelet restarts the slot we start: let it go, and wait for its next boot. */
export function targetLeaves(state: Starting | Confirming, _event: unknown, moment: Moment): Step {
  const { order, record } = state
  return {
    state: { ...shared(state), phase: 'Waiting', since: moment.at },
    effects: [
      record.from === null
        ? {
            kind: 'stopSlot',
            slot: record.to,
            graceMs: limits.stopGraceMs,
            reason: 'SlotTerminating',
          }
        : { kind: 'retireSlot', slot: record.to, drain: order.drain },
    ],
  }
}

/** The point of no return: from here on the old process may never serve again. */
export function beginDraining(
  state: Confirming,
  event: EventOf<'confirmed'>,
  moment: Moment,
): Step {
  const { record, order } = state
  const draining = {
    ...shared(state),
    phase: 'Draining' as const,
    active: record.to,
    since: moment.at,
    old: event.old,
    quiet: 0,
    stopOrderedAt: null,
    record: { ...openAccount(record, event.connections), drainStartedAt: moment.at },
  }
  if (record.from === null) return settle(draining, moment)
  return {
    state: draining,
    effects: [
      // In this order: a container that restarts in between must find the new slot named.
      { kind: 'setActive', slot: record.to },
      { kind: 'beginDrain', slot: record.from, drain: order.drain },
    ],
  }
}
