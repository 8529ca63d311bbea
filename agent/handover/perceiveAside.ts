import { isOverdue } from './aside.ts'
import type { Event, ProcessEnd } from './events.ts'
import type { AsideDrain, State } from './state.ts'
import type { SlotView, World } from './world.ts'

/** Where a process is that shall drain aside. */
export type AsidePlace = 'unreplaced' | 'aside' | 'ended' | 'silent'

export function placeOf({ process }: AsideDrain, view: SlotView | undefined): AsidePlace {
  const status = view?.status ?? null
  // With its launcher it has gone too, but a launcher that is only not to be found is there again
  // with the same process, and nobody must then take that for a new one: its next boot tells.
  if (status === null) return 'silent'
  // Pids begin anew in a new container.
  if (status.boot !== process.boot) return 'ended'
  if (status.aside?.pid === process.pid) return 'aside'
  return status.pid === process.pid ? 'unreplaced' : 'ended'
}

/**
 * The slot that is being started still runs the process that is to be set aside: nothing that is
 * seen of it is of the new process.
 */
export function isUnreplaced(state: State, world: World): boolean {
  if (state.phase === 'Unassigned' || state.aside === null) return false
  const { aside, record } = state
  const starting =
    state.phase === 'Starting' || (state.phase === 'FailedOver' && record.servingAt === null)
  const place = placeOf(aside, world.slots[aside.slot])
  return starting && record.to === aside.slot && place === 'unreplaced'
}

/** Events of the drain that goes on beside everything else. */
export function perceiveAside(state: State, world: World): readonly Event[] {
  if (state.phase === 'Unassigned') return []
  const { aside } = state
  if (aside === null) return findAside(world)
  const view = world.slots[aside.slot]
  const place = placeOf(aside, view)
  if (place === 'silent') return []
  if (place === 'ended') return [{ kind: 'asideEnded', end: endOf(aside, view) }]
  const unreplaced = isUnreplaced(state, world)
  const events: Event[] = unreplaced ? [{ kind: 'unreplaced' }] : []
  if (aside.stopOrderedAt !== null) {
    return world.asideStopOrdered ? events : [...events, { kind: 'asideUnstopped' }]
  }
  if (world.asideConnections !== null && place === 'aside') {
    events.push({ kind: 'asideCounted', count: world.asideConnections })
  }
  // First it is set aside: what runs in the slot right after that is the new process.
  if (isOverdue(aside, world.at) && !unreplaced) events.push({ kind: 'asideMaxReached' })
  return events
}

function findAside({ slots }: World): readonly Event[] {
  for (const [slot, { status }] of Object.entries(slots)) {
    if (status === null || status.aside === null) continue
    const process = { boot: status.boot, pid: status.aside.pid }
    return [{ kind: 'asideFound', slot, process }]
  }
  return []
}

/** It may have ended before it could be set aside. */
function endOf({ process }: AsideDrain, view: SlotView | undefined): ProcessEnd {
  const status = view?.status ?? null
  if (status === null || status.boot !== process.boot) return null
  return status.lastAside ?? status.lastExit
}
