import type { Event } from './events.ts'
import { isUnreplaced } from './perceiveAside.ts'
import type { Confirming, Starting } from './state.ts'
import type { World } from './world.ts'
import { isRunning, missingListeners, processIn } from './world.ts'

/** Events of a new process that is being started beside the one that serves. */
export function perceiveStart(state: Starting | Confirming, world: World): readonly Event[] {
  const events: Event[] = []
  if (state.active !== null && world.activeFile !== state.active) events.push({ kind: 'misfiled' })
  const { record, order } = state
  const view = isUnreplaced(state, world) ? undefined : world.slots[record.to]
  const status = view?.status ?? null
  const late =
    state.phase === 'Starting' && world.at - state.since >= order.startDeadlineSeconds * 1000
  const listening = isRunning(view) ? (status?.listening ?? []) : []
  const missing = missingListeners(expectedListeners(state, world), listening)
  const deadline: Event = { kind: 'deadline', listening, missing, health: world.health.detail }

  if (status === null || view === undefined) return late ? [...events, deadline] : events
  if (status.terminating) return [...events, { kind: 'targetTerminating' }]
  if (!status.want && status.pid === 0) events.push({ kind: 'idle', slot: record.to })
  // What it did before it served is forgiven: it is another process that is being confirmed.
  const same = state.phase === 'Confirming' && status.uptimeMs >= world.at - state.since
  if (view.failures > 0 && status.lastExit !== null && (status.pid === 0 || !same)) {
    const { code, signal } = status.lastExit
    events.push({ kind: 'exited', failures: view.failures, code, signal })
  }
  if (state.phase === 'Starting') {
    const complete = listening.length > 0 && missing.length === 0
    const serves = complete && world.health.verdict === 'passing'
    if (serves) events.push({ kind: 'serving', listening, unheld: unheldOf(state, world) })
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
  if (!due && !hurry) return []
  const old = processIn(from === null ? undefined : world.slots[from])
  return [{ kind: 'confirmed', connections: world.connections, old }]
}

/** What either process has bound and the other cannot be given. */
function unheldOf({ record }: Starting, { slots }: World): readonly string[] {
  const before = record.from === null ? [] : (slots[record.from]?.status?.unheld ?? [])
  const after = slots[record.to]?.status?.unheld ?? []
  return [...new Set([...before, ...after])]
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
