import type { ProcessEnd } from '../handover/events.ts'
import { limits } from '../handover/limits.ts'
import type { ProcessId, State } from '../handover/state.ts'
import type { SlotView } from '../handover/world.ts'
import { processIn } from '../handover/world.ts'

/** A process that was there at the last look and is not any more. */
export interface Ended {
  readonly process: ProcessId
  readonly end: ProcessEnd
}

/** What runs in a slot after one more look, and what has ended since the one before. */
export function watchEnd(
  before: ProcessId | null,
  view: SlotView,
): { readonly now: ProcessId | null; readonly ended: Ended | null } {
  // A launcher that does not answer for a moment still has its process.
  const { status, goneMs } = view
  if (status === null) {
    if (goneMs < limits.goneMs) return { now: before, ended: null }
    return { now: null, ended: before === null ? null : { process: before, end: null } }
  }
  const now = processIn(view)
  if (before === null) return { now, ended: null }
  const { boot, pid } = before
  if (boot !== status.boot) return { now, ended: { process: before, end: null } }
  if (pid === status.pid || pid === status.aside?.pid) return { now, ended: null }
  return { now, ended: { process: before, end: status.lastExit } }
}

/** Whether what a process cut is counted by the record of a handover. */
export function isOnRecord(state: State, slot: string, { boot, pid }: ProcessId): boolean {
  if (state.phase === 'Unassigned') return false
  const { aside } = state
  if (aside?.slot === slot && aside.process.boot === boot && aside.process.pid === pid) return true
  return state.phase === 'Draining' && state.record.from === slot && state.old?.pid === pid
}
