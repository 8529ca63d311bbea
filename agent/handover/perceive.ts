import type { Event } from './events.ts'
import { limits } from './limits.ts'
import { perceiveDrain } from './perceiveDrain.ts'
import { perceiveStart } from './perceiveStart.ts'
import type { Resting, State, Waiting } from './state.ts'
import { assertNever } from './state.ts'
import type { World } from './world.ts'
import { isAvailable, isRunning, missingListeners } from './world.ts'

/**
 * The events that hold in this state of the world, most urgent first. The caller takes the first
 * one that changes the state, and looks again.
 */
export function perceive(state: State, world: World): readonly Event[] {
  return [
    ...perceiveLoss(state, world),
    ...perceiveOrder(state, world),
    ...perceivePhase(state, world),
  ]
}

function perceiveOrder(state: State, { order }: World): readonly Event[] {
  if (order === null) return []
  if (state.phase !== 'Unassigned' && state.order.handover === order.handover) return []
  return [{ kind: 'ordered', order }]
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

/** Whether the active slot cannot serve while another could. */
function perceiveLoss(state: State, world: World): readonly Event[] {
  const { active } = state
  if (active === null) return []
  const view = world.slots[active]
  if (view === undefined) return []
  const other = Object.keys(world.slots).find((name) => name !== active)
  if (other === undefined || !isAvailable(world.slots[other])) return []
  const draining = state.phase === 'Draining'
  const starting = state.phase === 'Starting' || state.phase === 'Confirming'
  if (view.goneMs >= (draining ? limits.goneWhileDrainingMs : limits.goneMs)) {
    return [{ kind: 'activeLost', why: 'gone', other }]
  }
  // While another one is being started, that is the way out already.
  if (starting) return []
  if (view.failures >= limits.activeCrashes) return [{ kind: 'activeLost', why: 'failing', other }]
  // The other one has closed its listeners: leave it in peace until the drain has ended.
  if (draining || view.terminatingMs < limits.terminatingMs) return []
  return [{ kind: 'activeLost', why: 'terminating', other }]
}

function perceiveWaiting(state: Waiting, world: World): readonly Event[] {
  const { record, order } = state
  const view = world.slots[record.to]
  const events: Event[] = []
  const boot = view?.status?.boot ?? 0
  const free = state.active === record.to || (!isRunning(view) && view?.retiring === false)
  if (isAvailable(view) && free && boot >= (order.minBoot[record.to] ?? 0)) {
    events.push({ kind: 'targetReady' })
  }
  if (world.at - state.since >= order.startDeadlineSeconds * 1000) {
    events.push({ kind: 'deadline', listening: [], missing: [], health: '' })
  }
  return events
}

/** What the active slot and the one beside it need when nothing is being started or drained. */
function perceiveActive(state: State, world: World): readonly Event[] {
  const events: Event[] = []
  const { active } = state
  if (active === null) return events
  if (world.activeFile !== active) events.push({ kind: 'misfiled' })
  const view = world.slots[active]
  const status = view?.status ?? null
  if (status === null || view === undefined) return events
  // One that is retired has closed its listeners: it has to be started anew.
  const unfit = view.retiring || (!status.want && status.pid === 0)
  if (unfit && !status.terminating) events.push({ kind: 'idle', slot: active })
  if (world.liveness.verdict === 'failing' && status.want && status.pid > 0) {
    events.push({ kind: 'unlive', detail: world.liveness.detail })
  }
  if (state.phase === 'Unassigned') return events
  const complete = missingListeners(state.addresses, status.listening).length === 0
  if (isNewList(state.addresses, status.listening, status.uptimeMs, complete)) {
    events.push({ kind: 'relisted', listening: status.listening })
  }
  if (!complete || status.listening.length === 0) return events
  for (const [slot, beside] of Object.entries(world.slots)) {
    const isStray = slot !== active && isRunning(beside) && beside.status?.want === true
    if (isStray && !beside.retiring) events.push({ kind: 'stray', slot })
  }
  return events
}

/** A process that lives this long with fewer addresses has been given another configuration. */
const LIVED_WELL_MS = 10_000

function isNewList(
  known: readonly string[],
  seen: readonly string[],
  uptimeMs: number,
  complete: boolean,
): boolean {
  if (seen.length === 0 || (complete && seen.length === known.length)) return false
  return complete || uptimeMs >= LIVED_WELL_MS
}

function perceiveTakeover(state: Resting, world: World): readonly Event[] {
  const { active, home, order } = state
  if (active === null) return []
  const view = world.slots[active]
  const status = view?.retiring === false ? view.status : null
  const listening = status?.listening ?? []
  const complete = missingListeners(state.addresses, listening).length === 0
  const running = (status?.pid ?? 0) > 0 && status?.want === true
  const serves = running && complete && listening.length > 0 && world.health.verdict === 'passing'
  const events: Event[] = serves ? [{ kind: 'serving', listening }] : []
  const homeView = world.slots[home]
  const homeFits =
    home !== active &&
    isAvailable(homeView) &&
    homeView?.retiring === false &&
    (homeView.status?.boot ?? 0) >= (order.minBoot[home] ?? 0)
  if (!homeFits) return events
  if (state.record.servingAt !== null && !isRunning(homeView)) events.push({ kind: 'homeReady' })
  else if (state.record.servingAt === null && world.at - state.since >= limits.takeoverMs) {
    events.push({ kind: 'activeLost', why: 'failing', other: home })
  }
  return events
}
