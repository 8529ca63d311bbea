import type { DesiredContainer } from '../../api/desired.ts'
import type { Connections } from '../drain/connections.ts'
import type { LauncherStatus } from '../launcher/protocol.ts'
import type { ProcessId } from './state.ts'

/** How a process ended, as its launcher tells; null = the launcher went with it. */
export type ProcessEnd = LauncherStatus['lastExit']

/**
 * What can happen to a handover. Events are facts that `perceive` derives from one look at the
 * world, again and again for as long as they hold, so none is lost when the agent is killed.
 */
export type Event =
  /** An order whose id was not dealt with yet. */
  | { readonly kind: 'ordered'; readonly order: DesiredContainer }
  /** In mid-drain, an order back to the version that drains; it can be started beside itself. */
  | {
      readonly kind: 'turnedBack'
      readonly order: DesiredContainer
      readonly process: ProcessId
    }
  /** The order at hand has other terms than before: how long, how to drain. */
  | { readonly kind: 'amended'; readonly order: DesiredContainer }
  /** The slot to start has booted as often as the order demands and is free. */
  | { readonly kind: 'targetReady' }
  /** The kubelet wants to restart the slot that is being started. */
  | { readonly kind: 'targetTerminating' }
  /** A slot that should run a process was not told so, or forgot. */
  | { readonly kind: 'idle'; readonly slot: string }
  /** The new process listens on all expected addresses and is healthy. */
  | {
      readonly kind: 'serving'
      readonly listening: readonly string[]
      readonly unheld: readonly string[]
    }
  /** The new process has exited; `failures` counts since it was last told to start. */
  | {
      readonly kind: 'exited'
      readonly failures: number
      readonly code: number
      readonly signal: number
    }
  /** The start deadline has passed; the fields say what was still wrong. */
  | {
      readonly kind: 'deadline'
      readonly listening: readonly string[]
      readonly missing: readonly string[]
      readonly health: string
    }
  /** The new process served for `confirmSeconds`; of the old one: what it has, and which it is. */
  | {
      readonly kind: 'confirmed'
      readonly connections: Connections | null
      readonly old: ProcessId | null
    }
  /** The new process failed its health check, or lost a listener, before the point of no return. */
  | { readonly kind: 'unhealthy'; readonly detail: string }
  /** The old process was not told to drain in this life of the agent. */
  | { readonly kind: 'undrained' }
  | { readonly kind: 'connections'; readonly count: Connections }
  | { readonly kind: 'timer' }
  | { readonly kind: 'maxReached' }
  /** The old process was ordered to stop but its launcher does not know. */
  | { readonly kind: 'unstopped' }
  /** The old process is gone. `standIn`: another one runs in its slot, for want of the new one. */
  | { readonly kind: 'stopped'; readonly end: ProcessEnd; readonly standIn: boolean }
  /** The process that is to be set aside is not yet. */
  | { readonly kind: 'unreplaced' }
  /** A process is set aside that nobody here knows of. */
  | { readonly kind: 'asideFound'; readonly slot: string; readonly process: ProcessId }
  | { readonly kind: 'asideCounted'; readonly count: Connections }
  | { readonly kind: 'asideMaxReached' }
  /** It was ordered to stop and is still there. */
  | { readonly kind: 'asideUnstopped' }
  | { readonly kind: 'asideEnded'; readonly end: ProcessEnd }
  /** The active slot cannot serve, or not for long, and `other` can step in. */
  | {
      readonly kind: 'activeLost'
      readonly why: LostReason
      readonly other: string
      /** Connections that went with it; 0 = none, or it still has them. */
      readonly cut: number
      /** In mid-drain: the draining process, if another one can be started beside it. */
      readonly beside: ProcessId | null
    }
  /** After a failover: the slot that was ordered is there again. */
  | { readonly kind: 'homeReady' }
  /** A process runs that is neither active nor part of a handover, while the active one serves. */
  | { readonly kind: 'stray'; readonly slot: string }
  /** The file `active` does not name the active slot. */
  | { readonly kind: 'misfiled' }
  /** The active process failed its liveness probe; `other` = better than starting it anew. */
  | { readonly kind: 'unlive'; readonly detail: string; readonly other: string | null }
  /** The active process listens on other addresses than remembered. */
  | { readonly kind: 'relisted'; readonly listening: readonly string[] }
  /** Held listeners that no process wants any more. */
  | { readonly kind: 'unwanted'; readonly addresses: readonly string[] }

export type EventKind = Event['kind']
export type EventOf<K extends EventKind> = Extract<Event, { readonly kind: K }>

/**
 * `gone`: no launcher. `terminating`: the kubelet ends it. `failing`: its process keeps exiting.
 */
export type LostReason = 'gone' | 'terminating' | 'failing'

export const eventKinds: readonly EventKind[] = [
  'ordered',
  'turnedBack',
  'amended',
  'targetReady',
  'targetTerminating',
  'idle',
  'serving',
  'exited',
  'deadline',
  'confirmed',
  'unhealthy',
  'undrained',
  'connections',
  'timer',
  'maxReached',
  'unstopped',
  'stopped',
  'unreplaced',
  'asideFound',
  'asideCounted',
  'asideMaxReached',
  'asideUnstopped',
  'asideEnded',
  'activeLost',
  'homeReady',
  'stray',
  'misfiled',
  'unlive',
  'relisted',
  'unwanted',
]
