import type { DesiredContainer } from '../../api/desired.ts'
import type { Connections } from '../drain/connections.ts'
import type { LauncherStatus } from '../launcher/protocol.ts'
import type { Moment } from './record.ts'
import type { ProcessId } from './state.ts'

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
  readonly liveness: Liveness
  /** Of `record.from`; null = not countable, or not looked at in this phase. */
  readonly connections: Connections | null
  /** Of the process that is set aside. */
  readonly asideConnections: Connections | null
  /** The drain was ordered, successfully, in this life of the agent. */
  readonly drainOrdered: boolean
  /** So was its final stop, if it was decided on. */
  readonly stopOrdered: boolean
  /** The same of the process that is set aside. */
  readonly asideStopOrdered: boolean
  /** Held listeners on which no process listens, for so long that none is about to. */
  readonly unread: readonly string[]
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
  /** A second process can run in it: there is a spare for each of its private ports. */
  readonly replaceable: boolean
  /** Connections of its process when they were last counted, also after its end. */
  readonly connectionsSeen: number
}

export interface Health {
  readonly verdict: 'passing' | 'failing' | 'unknown'
  /** What was seen last, for people. */
  readonly detail: string
}

export interface Liveness extends Health {
  /** A process that fails within so long of being restarted is not helped by restarts. */
  readonly relapseMs: number
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

/** The process that runs in a slot now; null = none, or its launcher does not answer. */
export function processIn(view: SlotView | undefined): ProcessId | null {
  const status = view?.status ?? null
  return status === null || status.pid === 0 ? null : { boot: status.boot, pid: status.pid }
}

/** The draining process in a slot, when another one can be started beside it; else null. */
export function replaceableProcess(slot: string, { slots }: World): ProcessId | null {
  const view = slots[slot]
  if (!isAvailable(view) || view?.replaceable !== true) return null
  // One in the whole pod: there is no third version, and no fourth process.
  if (Object.values(slots).some(({ status }) => (status?.aside ?? null) !== null)) return null
  return processIn(view)
}
