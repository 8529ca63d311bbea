import type { DesiredContainer } from '../../api/desired.ts'
import type { HandoverRecord } from './state.ts'

/**
 * What the shell shall do after it has persisted the new state. Each is idempotent, and each is
 * asked for again by a later event when it did not come about.
 */
export type Effect =
  | { readonly kind: 'startSlot'; readonly slot: string }
  /** SIGTERM, after `graceMs` SIGKILL. */
  | { readonly kind: 'stopSlot'; readonly slot: string; readonly graceMs: number }
  /** Writes run/<container>/active. */
  | { readonly kind: 'setActive'; readonly slot: string }
  /** Tells the process to accept nothing more and to let its connections go. */
  | {
      readonly kind: 'beginDrain'
      readonly slot: string
      readonly drain: DesiredContainer['drain']
    }
  /** Drains a process that took connections without being part of a handover, then stops it. */
  | {
      readonly kind: 'retireSlot'
      readonly slot: string
      readonly drain: DesiredContainer['drain']
    }
  /** The timer ran out with connections left. */
  | { readonly kind: 'reportLeft'; readonly record: HandoverRecord }
  /** A handover has ended: log and metrics. */
  | { readonly kind: 'finished'; readonly result: Result; readonly record: HandoverRecord }

export const results = ['Settled', 'Aborted', 'FailedOver', 'Superseded'] as const
export type Result = (typeof results)[number]
