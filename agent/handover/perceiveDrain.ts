import type { Event } from './events.ts'
import type { Draining } from './state.ts'
import type { World } from './world.ts'
import { isRunning } from './world.ts'

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
  // A launcher that is only silent still has its process.
  const silent = old?.status === null && old.goneMs === 0
  // After a drain by signal its launcher may have restarted it: that is another process.
  if (!silent && (!isRunning(old) || (old?.failures ?? 0) > 0)) {
    return [...events, { kind: 'stopped' }]
  }
  if (state.stopOrderedAt !== null) {
    if (old?.status?.want === true) events.push({ kind: 'unstopped' })
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
