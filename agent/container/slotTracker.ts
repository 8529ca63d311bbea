import { limits } from '../handover/limits.ts'
import type { SlotView } from '../handover/world.ts'
import type { LauncherStatus } from '../launcher/protocol.ts'

/** What came of asking a launcher for its status. */
export type Reading = LauncherStatus | 'gone' | 'silent'

/** What must be remembered of one slot to say how long something has been so. */
export interface SlotMemory {
  readonly goneSince: number | null
  readonly terminatingSince: number | null
  readonly boot: number | null
  /** As the launcher counts them: all of its life. */
  readonly crashes: number
  readonly failures: number
}

export const noMemory: SlotMemory = {
  goneSince: null,
  terminatingSince: null,
  boot: null,
  crashes: 0,
  failures: 0,
}

/** The memory after one more reading. */
export function remember(before: SlotMemory, reading: Reading, at: number): SlotMemory {
  if (reading === 'silent') return before
  if (reading === 'gone') return { ...before, goneSince: before.goneSince ?? at }
  return {
    goneSince: null,
    terminatingSince: reading.terminating ? (before.terminatingSince ?? at) : null,
    boot: reading.boot,
    crashes: reading.crashes,
    failures: countFailures(before, reading),
  }
}

function countFailures(before: SlotMemory, status: LauncherStatus): number {
  if (status.pid > 0 && status.uptimeMs >= limits.livedWellMs) return 0
  // Crashes before the agent's first look may be those of long ago.
  if (before.boot === null) return 0
  if (before.boot !== status.boot) return status.crashes
  return before.failures + (status.crashes - before.crashes)
}

/** The slot is told to start: what failed before does not count. */
export function forgetFailures(memory: SlotMemory): SlotMemory {
  return { ...memory, failures: 0 }
}

export function viewOf(
  memory: SlotMemory,
  reading: Reading,
  known: KnownOfSlot,
  at: number,
): SlotView {
  return {
    status: typeof reading === 'string' ? null : reading,
    // At least 1, so that somebody who has just gone is told from somebody who is there.
    goneMs: memory.goneSince === null ? 0 : Math.max(1, at - memory.goneSince),
    terminatingMs: memory.terminatingSince === null ? 0 : Math.max(1, at - memory.terminatingSince),
    failures: memory.failures,
    ...known,
  }
}

/** What others than its launcher know of a slot. */
export type KnownOfSlot = Pick<SlotView, 'retiring' | 'replaceable' | 'connectionsSeen'>
