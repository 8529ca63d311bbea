import type { Event } from './events.ts'
import { perceiveActive } from './perceiveActive.ts'
import { perceiveAside } from './perceiveAside.ts'
import { perceiveDrain } from './perceiveDrain.ts'
import { perceiveLoss } from './perceiveLoss.ts'
import { perceiveStart } from './perceiveStart.ts'
import { perceiveTakeover } from './perceiveTakeover.ts'
import type { State, Waiting } from './state.ts'
import { assertNever } from './state.ts'
import type { World } from './world.ts'
import { isAvailable, isRunning } from './world.ts'

/**
 * The events that hold in this state of the world, most urgent first. The caller takes the first
 * one that changes the state, and looks again.
 */
export function perceive(state: State, world: World): readonly Event[] {
  return [
    ...perceiveLoss(state, world),
    ...perceiveOrder(state, world),
    ...perceiveAside(state, world),
    ...perceivePhase(state, world),
  ]
}

function perceiveOrder(state: State, { order }: World): readonly Event[] {
  if (order === null) return []
  if (state.phase === 'Unassigned') return [{ kind: 'ordered', order }]
  if (state.order.handover === order.handover) {
    // Another slot under the same id can only be a mistake: which one was obeyed must stay clear.
    const amended = { ...order, active: state.order.active }
    return isSameOrder(state.order, amended) ? [] : [{ kind: 'amended', order: amended }]
  }
  const { aside, active } = state
  // The slot where one is set aside has to let it end before its version can change.
  const mayBegin = aside === null || order.active === active || order.active === aside.slot
  return mayBegin ? [{ kind: 'ordered', order }] : []
}

/** Orders are plain data in a fixed order of keys: they come from one decoder. */
function isSameOrder(one: World['order'], other: World['order']): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

function perceivePhase(state: State, world: World): readonly Event[] {
  switch (state.phase) {
    case 'Unassigned':
      return perceiveActive(state, world)
    case 'Waiting':
      return [...perceiveWaiting(state, world), ...perceiveActive(state, world)]
    case 'Starting':
    case 'Confirming':
      return perceiveStart(state, world)
    case 'Draining':
      return perceiveDrain(state, world)
    case 'FailedOver':
      return [...perceiveTakeover(state, world), ...perceiveActive(state, world)]
    case 'Settled':
    case 'Aborted':
      return perceiveActive(state, world)
    default:
      return assertNever(state)
  }
}

function perceiveWaiting(state: Waiting, world: World): readonly Event[] {
  const { record, order } = state
  const view = world.slots[record.to]
  const events: Event[] = []
  const boot = view?.status?.boot ?? 0
  const late = world.at - state.since >= order.startDeadlineSeconds * 1000
  // Nobody serves, so whatever runs there already is what is wanted, and any boot beats none.
  const first = state.active === null && view?.retiring === false
  const free = state.active === record.to || (!isRunning(view) && view?.retiring === false)
  const booted = boot >= (order.minBoot[record.to] ?? 0) || (first && late)
  if (isAvailable(view) && (free || first) && booted) events.push({ kind: 'targetReady' })
  if (late) events.push({ kind: 'deadline', listening: [], missing: [], health: '' })
  return events
}
