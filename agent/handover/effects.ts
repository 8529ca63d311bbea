import type { DesiredContainer } from '../../api/desired.ts'
import type { CutReason } from '../../api/reasons.ts'
import type { HandoverRecord } from './record.ts'

/**
 * What the shell shall do after it has persisted the new state. Each is idempotent, and each is
 * asked for again by a later event when it did not come about.
 */
export type Effect =
  | { readonly kind: 'startSlot'; readonly slot: string }
  /** SIGTERM, after `graceMs` SIGKILL. */
  | {
      readonly kind: 'stopSlot'
      readonly slot: string
      readonly graceMs: number
      /** Of the cuts that no record counts; absent = a record does. */
      readonly reason?: CutReason
    }
  /**
   * Sets the process of a slot aside, where it drains on, and starts another one beside it.
   * `urgent`: nobody serves, so when the launcher refuses, the process is stopped instead.
   */
  | { readonly kind: 'replaceSlot'; readonly slot: string; readonly urgent: boolean }
  /** Ends the process that was set aside: SIGTERM, after `graceMs` SIGKILL. */
  | { readonly kind: 'stopAside'; readonly slot: string; readonly graceMs: number }
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
  /** Closes held listeners in the whole pod: whoever comes there is refused, instead of hanging. */
  | { readonly kind: 'dropListeners'; readonly addresses: readonly string[] }
  /** The timer ran out with connections left. */
  | { readonly kind: 'reportLeft'; readonly record: HandoverRecord }
  /** A handover has ended: log and metrics. */
  | { readonly kind: 'finished'; readonly result: Result; readonly record: HandoverRecord }

/** `TurnedBack`: it had handed over, and was ordered back before the old process had drained. */
export const results = ['Settled', 'Aborted', 'FailedOver', 'Superseded', 'TurnedBack'] as const
export type Result = (typeof results)[number]
