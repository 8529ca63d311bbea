import { cutAt } from './accounting.ts'
import type { Event } from './events.ts'
import { limits } from './limits.ts'
import { isUnreplaced } from './perceiveAside.ts'
import type { State } from './state.ts'
import type { SlotView, World } from './world.ts'
import { isAvailable, replaceableProcess } from './world.ts'

/** Whether the active slot cannot serve while another could. */
export function perceiveLoss(state: State, world: World): readonly Event[] {
  const { active } = state
  if (active === null) return []
  const view = world.slots[active]
  if (view === undefined) return []
  const other = Object.keys(world.slots).find((name) => name !== active)
  if (other === undefined || !isAvailable(world.slots[other])) return []
  // Its process has closed its listeners; a second one beside it has not.
  const draining = state.phase === 'Draining' && state.record.from === other
  const free = state.phase === 'Draining' && state.stopOrderedAt === null
  const beside = draining && free && state.aside === null ? replaceableProcess(other, world) : null
  const goneMs = draining && beside === null ? limits.goneWhileDrainingMs : limits.goneMs
  if (view.goneMs >= goneMs) {
    return [{ kind: 'activeLost', why: 'gone', other, cut: view.connectionsSeen, beside }]
  }
  // While another one is being started, that is the way out already.
  if (state.phase === 'Starting' || state.phase === 'Confirming') return []
  // What is seen of the slot is still the process that is to be set aside there.
  if (isUnreplaced(state, world)) return []
  if (view.failures >= limits.activeCrashes) {
    return [{ kind: 'activeLost', why: 'failing', other, cut: lastCut(view), beside }]
  }
  // The other one has closed its listeners: leave it in peace until the drain has ended.
  if (draining || view.terminatingMs < limits.terminatingMs) return []
  return [{ kind: 'activeLost', why: 'terminating', other, cut: 0, beside: null }]
}

function lastCut({ status, connectionsSeen }: SlotView): number {
  return cutAt(status?.lastExit ?? null, false) ?? connectionsSeen
}
