import type { Event } from './events.ts'
import { limits } from './limits.ts'
import { isUnreplaced } from './perceiveAside.ts'
import type { Resting } from './state.ts'
import type { SlotView, World } from './world.ts'
import { isAvailable, isRunning, missingListeners } from './world.ts'

/** Events of a slot that steps in for another. */
export function perceiveTakeover(state: Resting, world: World): readonly Event[] {
  const { active, home, order } = state
  if (active === null || isUnreplaced(state, world)) return []
  const view = world.slots[active]
  const status = view?.retiring === false ? view.status : null
  const listening = status?.listening ?? []
  const complete = missingListeners(state.addresses, listening).length === 0
  const running = (status?.pid ?? 0) > 0 && status?.want === true
  const serves = running && complete && listening.length > 0 && world.health.verdict === 'passing'
  const unheld = status?.unheld ?? []
  const events: Event[] = serves ? [{ kind: 'serving', listening, unheld }] : []
  if (state.record.servingAt !== null) {
    const homeView = world.slots[home]
    const booted = (homeView?.status?.boot ?? 0) >= (order.minBoot[home] ?? 0)
    const back = home !== active && isFit(homeView) && booted && !isRunning(homeView)
    return back ? [...events, { kind: 'homeReady' }] : events
  }
  if (serves || world.at - state.since < limits.takeoverMs) return events
  // Whatever the other one is: it may serve, and this one does not.
  const other = Object.keys(world.slots).find((name) => name !== active)
  if (other === undefined || !isFit(world.slots[other])) return events
  return [...events, { kind: 'activeLost', why: 'failing', other, cut: 0, beside: null }]
}

function isFit(view: SlotView | undefined): boolean {
  return isAvailable(view) && view?.retiring === false
}
