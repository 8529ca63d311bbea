import type { DesiredContainer } from '../../api/desired.ts'
import { FIRST_HANDOVER } from '../../api/desired.ts'
import type { Event } from './events.ts'
import { limits } from './limits.ts'
import { isUnreplaced } from './perceiveAside.ts'
import type { Resting, State, Unassigned, Waiting } from './state.ts'
import type { World } from './world.ts'
import { isAvailable, isRunning, missingListeners } from './world.ts'

/** What the active slot and the one beside it need when nothing is being started or drained. */
export function perceiveActive(
  state: Unassigned | Waiting | Resting,
  world: World,
): readonly Event[] {
  const events: Event[] = []
  const { active } = state
  if (active === null) return events
  if (world.activeFile !== active) events.push({ kind: 'misfiled' })
  const view = world.slots[active]
  const status = view?.status ?? null
  if (status === null || view === undefined || isUnreplaced(state, world)) return events
  // One that is retired has closed its listeners: it has to be started anew.
  const unfit = view.retiring || (!status.want && status.pid === 0)
  if (unfit && !status.terminating) events.push({ kind: 'idle', slot: active })
  events.push(...perceiveLiveness(state, world))
  if (state.phase === 'Unassigned') return events
  const complete = missingListeners(state.addresses, status.listening).length === 0
  if (isNewList(state.addresses, status.listening, status.uptimeMs, complete)) {
    events.push({ kind: 'relisted', listening: status.listening })
  }
  if (!complete || status.listening.length === 0) return events
  const unwanted = world.unread.filter((address) => !state.addresses.includes(address))
  if (unwanted.length > 0) events.push({ kind: 'unwanted', addresses: unwanted })
  for (const [slot, beside] of Object.entries(world.slots)) {
    const isStray = slot !== active && isRunning(beside) && beside.status?.want === true
    if (isStray && !beside.retiring) events.push({ kind: 'stray', slot })
  }
  return events
}

/** A process that lives long with fewer addresses has been given another configuration. */
function isNewList(
  known: readonly string[],
  seen: readonly string[],
  uptimeMs: number,
  complete: boolean,
): boolean {
  if (seen.length === 0 || (complete && seen.length === known.length)) return false
  return complete || uptimeMs >= limits.livedWellMs
}

/** The active process accepts, perhaps, but does not answer. */
export function perceiveLiveness(state: State, world: World): readonly Event[] {
  const { active } = state
  const status = active === null ? null : (world.slots[active]?.status ?? null)
  const { verdict, detail } = world.liveness
  if (active === null || status === null || verdict !== 'failing') return []
  if (!status.want || status.pid === 0) return []
  return [{ kind: 'unlive', detail, other: betterThan(active, state, world) }]
}

/**
 * The slot to change to instead of starting the process anew: one that holds the same version saves
 * the time from its end to its start, and any will do when a restart did not help.
 */
function betterThan(active: string, state: State, world: World): string | null {
  if (state.phase === 'Unassigned' || state.phase === 'Waiting') return null
  const other = Object.keys(world.slots).find((name) => name !== active)
  const view = other === undefined ? undefined : world.slots[other]
  if (other === undefined || !isAvailable(view) || isRunning(view) || view?.retiring === true) {
    return null
  }
  const { restartedAt, order } = state
  const relapse = restartedAt !== null && world.at - restartedAt < world.liveness.relapseMs
  return relapse || holdsSameVersion(order, view?.status?.boot ?? 0) ? other : null
}

/** Both slots are created with one image; a later one comes by a restart of its container. */
function holdsSameVersion(order: DesiredContainer, boot: number): boolean {
  return order.handover === FIRST_HANDOVER && boot === 1
}
