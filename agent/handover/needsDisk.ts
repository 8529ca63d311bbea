import type { EventKind } from './events.ts'

/**
 * Events that are left undone for as long as their new state cannot be put on disk.
 *
 * An agent that dies goes on from the state on disk. What begins something must be there first: an
 * agent that does not know that a process was told to drain might make it serve again, and one that
 * does not know of a start would take the new process for a stray. What only carries on, ends or
 * counts what has begun is seen again after a death and comes to the same; and when nobody serves
 * there is nothing to wait for.
 */
export const needsDisk: ReadonlySet<EventKind> = new Set<EventKind>([
  'ordered',
  'turnedBack',
  'targetReady',
  'confirmed',
  'homeReady',
])
