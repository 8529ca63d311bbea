import type { DesiredContainer } from '../../api/desired.ts'
import type { LauncherStatus } from '../launcher/protocol.ts'
import type { Moment } from './record.ts'

/** One look at everything a handover depends on. Plain data: made by the shell, or by a test. */
export interface World extends Moment {
  /** The order in `baton.dev/desired`; null = none, or not readable. */
  readonly order: DesiredContainer | null
  /** Content of the file `active`. */
  readonly activeFile: string | null
  readonly slots: Readonly<Record<string, SlotView>>
  /** Of the process that is being started. */
  readonly health: Health
  /** Of the active process: its liveness probe. */
  readonly liveness: Health
  /** Of `record.from`; null = not countable, or not looked at in this phase. */
  readonly connections: number | null
  /** The drain was ordered, successfully, in this life of the agent. */
  readonly drainOrdered: boolean
}

export interface SlotView {
  /** null = gone, or silent (`goneMs` tells which). */
  readonly status: LauncherStatus | null
  /** Since when nobody is at the control socket; 0 = somebody is. */
  readonly goneMs: number
  /** How long the launcher has been asked to terminate; 0 = it was not. */
  readonly terminatingMs: number
  /** Crashes in a row since the last start that was ordered, or since it last lived well. */
  readonly failures: number
  /** Drained and stopped by a `retireSlot`. */
  readonly retiring: boolean
}

export interface Health {
  readonly verdict: 'passing' | 'failing' | 'unknown'
  /** What was seen last, for people. */
  readonly detail: string
}

export const unknownHealth: Health = { verdict: 'unknown', detail: 'not checked yet' }

/** Addresses of `expected` on which a process does not listen. */
export function missingListeners(
  expected: readonly string[],
  listening: readonly string[],
): readonly string[] {
  return expected.filter((address) => !listening.includes(address))
}

export function isRunning(view: SlotView | undefined): boolean {
  return (view?.status?.pid ?? 0) > 0
}

/** A launcher that takes orders and will stay. */
export function isAvailable(view: SlotView | undefined): boolean {
  return view?.status !== undefined && view.status !== null && !view.status.terminating
}
