import type { Event } from './events.ts'
import type { Confirming, Starting } from './state.ts'
import type { World } from './world.ts'
import { isRunning, missingListeners } from './world.ts'

/** Events of a new process that is being started beside the one that serves. */
export function perceiveStart(state: Starting | Confirming, world: World): readonly Event[] {
  const events: Event[] = []
  if (state.active !== null && world.activeFile !== state.active) events.push({ kind: 'misfiled' })
  const { record, order } = state
  const view = world.slots[record.to]
  const status = view?.status ?? null
  const late =
    state.phase === 'Starting' && world.at - state.since >= order.startDeadlineSeconds * 1000
  const listening = isRunning(view) ? (status?.listening ?? []) : []
  const missing = missingListeners(expectedListeners(state, world), listening)
  const deadline: Event = { kind: 'deadline', listening, missing, health: world.health.detail }

  if (status === null || view === undefined) return late ? [...events, deadline] : events
  if (status.terminating) return [...events, { kind: 'targetTerminating' }]
  if (!status.want && status.pid === 0) events.push({ kind: 'idle', slot: record.to })
  if (view.failures > 0 && status.lastExit !== null) {
    const { code, signal } = status.lastExit
    events.push({ kind: 'exited', failures: view.failures, code, signal })
  }
  if (state.phase === 'Starting') {
    const complete = listening.length > 0 && missing.length === 0
    if (complete && world.health.verdict === 'passing') events.push({ kind: 'serving', listening })
    else if (late) events.push(deadline)
    return events
  }
  return [...events, ...perceiveConfirmation(state, world, listening, missing)]
}

function perceiveConfirmation(
  state: Confirming,
  world: World,
  listening: readonly string[],
  missing: readonly string[],
): readonly Event[] {
  if (listening.length === 0) return [{ kind: 'unhealthy', detail: 'it listens on no address' }]
  if (missing.length > 0) {
    return [{ kind: 'unhealthy', detail: `it does not listen on ${missing.join(', ')}` }]
  }
  if (world.health.verdict === 'failing')
    return [{ kind: 'unhealthy', detail: world.health.detail }]
  const { from } = state.record
  // Nobody to take back to, or not for long: waiting would only risk what is left.
  const hurry = from !== null && world.slots[from]?.status?.terminating === true
  const due = world.at - state.since >= state.order.confirmSeconds * 1000
  return due || hurry ? [{ kind: 'confirmed', connections: world.connections }] : []
}

/**
 * The addresses that the old process listens on, and those that are remembered of it: it may just
 * have been restarted by its launcher and be on its way to listen on all of them again.
 */
export function expectedListeners(state: Starting | Confirming, world: World): readonly string[] {
  const { from } = state.record
  if (from === null) return []
  const listening = world.slots[from]?.status?.listening ?? []
  return [...state.addresses, ...missingListeners(listening, state.addresses)]
}
