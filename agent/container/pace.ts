import type { State } from '../handover/state.ts'
import type { World } from '../handover/world.ts'

const FAST_MS = 50
const SLOW_MS = 250
/** Somebody who is away for longer will not be back within a moment. */
const WORTH_HURRY_MS = 10_000

/**
 * How long the loop may sleep when nothing wakes it. Events come by the launchers' `watch` and by
 * the watch of the podinfo volume; the slow pace is the net below them.
 */
export function paceMs(state: State, world: World | null): number {
  const away = Object.values(world?.slots ?? {}).some(
    ({ goneMs, terminatingMs }) =>
      (goneMs > 0 && goneMs < WORTH_HURRY_MS) ||
      (terminatingMs > 0 && terminatingMs < WORTH_HURRY_MS),
  )
  if (away) return FAST_MS
  switch (state.phase) {
    case 'Starting':
    case 'Confirming':
      return FAST_MS
    case 'FailedOver':
      return state.record.servingAt === null ? FAST_MS : SLOW_MS
    case 'Unassigned':
    case 'Waiting':
    case 'Draining':
    case 'Settled':
    case 'Aborted':
      return SLOW_MS
  }
}
