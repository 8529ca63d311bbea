import type { Event } from './events.ts'
import { perceiveLiveness } from './perceiveActive.ts'
import { limits } from './limits.ts'
import type { Draining } from './state.ts'
import type { SlotView, World } from './world.ts'
import { isRunning, replaceableProcess } from './world.ts'

/** Events after the point of no return. */
export function perceiveDrain(state: Draining, world: World): readonly Event[] {
  const events: Event[] = []
  const { record, order } = state
  const { drainStartedAt } = record
  if (record.from === null || drainStartedAt === null) return events
  if (world.activeFile !== state.active) events.push({ kind: 'misfiled' })
  const target = world.slots[record.to]?.status ?? null
  if (target !== null && !target.want && target.pid === 0 && !target.terminating) {
    events.push({ kind: 'idle', slot: record.to })
  }
  const old = world.slots[record.from]
  // A launcher that does not answer for a moment still has its process.
  const silent = old?.status === null && old.goneMs < limits.goneMs
  if (!silent && hasEnded(state, old)) {
    const status = old?.status ?? null
    const sameLife = state.old === null || status?.boot === state.old.boot
    const end = sameLife ? (status?.lastExit ?? null) : null
    return [...events, { kind: 'stopped', end, standIn: status?.standIn === true }]
  }
  events.push(...perceiveTurn(state, record.from, world))
  // Before, both might have answered the probe.
  if (world.drainOrdered) events.push(...perceiveLiveness(state, world))
  if (state.stopOrderedAt !== null) {
    if (old?.status?.want === true || !world.stopOrdered) events.push({ kind: 'unstopped' })
    return events
  }
  // The old process may be told to leave only when the file names the new one.
  if (!world.drainOrdered && world.activeFile === state.active) events.push({ kind: 'undrained' })
  if (world.connections !== null && world.drainOrdered) {
    events.push({ kind: 'connections', count: world.connections })
  }
  const elapsed = world.at - drainStartedAt
  if (elapsed >= order.drain.maxSeconds * 1000) events.push({ kind: 'maxReached' })
  else if (elapsed >= order.drain.timerSeconds * 1000 && record.reportedAt === null) {
    events.push({ kind: 'timer' })
  }
  return events
}

/** After a drain its launcher may have started another one: that is another process. */
function hasEnded({ old }: Draining, view: SlotView | undefined): boolean {
  if (!isRunning(view)) return true
  if (old === null) return (view?.failures ?? 0) > 0
  return view?.status?.pid !== old.pid || view.status.boot !== old.boot
}

/** An order back to the version that drains; see aside.ts. */
function perceiveTurn(state: Draining, from: string, world: World): readonly Event[] {
  const { order } = world
  if (order === null || order.handover === state.order.handover || order.active !== from) return []
  // One that was not told yet would go on accepting when it is set aside.
  if (!world.drainOrdered || state.stopOrderedAt !== null || state.aside !== null) return []
  const process = replaceableProcess(from, world)
  if (process === null || process.boot < (order.minBoot[from] ?? 0)) return []
  return [{ kind: 'turnedBack', order, process }]
}
