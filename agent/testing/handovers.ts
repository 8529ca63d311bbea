import type { DesiredContainer } from '../../api/desired.ts'
import type { Event, EventKind } from '../handover/events.ts'
import type { Moment } from '../handover/record.ts'
import { newRecord } from '../handover/record.ts'
import type { Assigned, HandoverRecord, Phase, State } from '../handover/state.ts'
import type { SlotView, World } from '../handover/world.ts'
import type { LauncherStatus } from '../launcher/protocol.ts'

/** Builders of the plain data that the functional core works on. */

export const NOW = 1_000_000

export function order(fields: Partial<DesiredContainer> = {}): DesiredContainer {
  return {
    handover: 'h1',
    active: 'proxy-2',
    revision: 'r2',
    image: 'i2',
    minBoot: { 'proxy-2': 2 },
    drain: { timerSeconds: 15, maxSeconds: 600, method: {} },
    startDeadlineSeconds: 60,
    confirmSeconds: 0,
    ...fields,
  }
}

export const moment: Moment = { at: NOW, kernel: { ListenDrops: 3 } }

type StateFields = Partial<Omit<Assigned, 'record'>> & {
  readonly record?: Partial<HandoverRecord>
}

/** A handover from proxy-1 to proxy-2 that has just entered `phase`. */
export function stateIn(phase: Phase, fields: StateFields = {}): State {
  if (phase === 'Unassigned') return { phase, active: fields.active ?? null }
  const over = phase === 'Draining' || phase === 'Settled' || phase === 'FailedOver'
  const assigned: Assigned = {
    active: over ? 'proxy-2' : 'proxy-1',
    home: phase === 'Aborted' ? 'proxy-1' : 'proxy-2',
    order: order(),
    since: NOW,
    aborted: null,
    addresses: ['0.0.0.0:80', '0.0.0.0:81'],
    ...fields,
    record: {
      ...newRecord(order(), 'proxy-1', 'proxy-2', { at: NOW, kernel: { ListenDrops: 1 } }),
      ...(phase === 'Draining' ? { drainStartedAt: NOW, connectionsAtDrain: 5 } : {}),
      ...(phase === 'Draining' ? { connectionsLeft: 5, listeners: 2, servingAt: NOW } : {}),
      ...fields.record,
    },
  }
  if (phase === 'Draining') return { ...assigned, phase, quiet: 0, stopOrderedAt: null }
  return { ...assigned, phase }
}

/** One event of each kind. */
export const events: { readonly [K in EventKind]: Extract<Event, { readonly kind: K }> } = {
  ordered: { kind: 'ordered', order: order({ handover: 'h2', active: 'proxy-1' }) },
  targetReady: { kind: 'targetReady' },
  targetTerminating: { kind: 'targetTerminating' },
  idle: { kind: 'idle', slot: 'proxy-2' },
  serving: { kind: 'serving', listening: ['0.0.0.0:80', '0.0.0.0:81'] },
  exited: { kind: 'exited', failures: 3, code: 7, signal: 0 },
  deadline: { kind: 'deadline', listening: [], missing: [], health: 'not checked yet' },
  confirmed: { kind: 'confirmed', connections: 5 },
  unhealthy: { kind: 'unhealthy', detail: 'status 500' },
  undrained: { kind: 'undrained' },
  connections: { kind: 'connections', count: 4 },
  timer: { kind: 'timer' },
  maxReached: { kind: 'maxReached' },
  unstopped: { kind: 'unstopped' },
  stopped: { kind: 'stopped' },
  activeLost: { kind: 'activeLost', why: 'gone', other: 'proxy-1' },
  homeReady: { kind: 'homeReady' },
  stray: { kind: 'stray', slot: 'proxy-1' },
  misfiled: { kind: 'misfiled' },
  unlive: { kind: 'unlive', detail: 'status 500' },
  relisted: { kind: 'relisted', listening: ['0.0.0.0:80'] },
}

export function launcherStatus(fields: Partial<LauncherStatus> = {}): LauncherStatus {
  return {
    v: 1,
    slot: 'proxy-1',
    boot: 1,
    pid: 0,
    want: false,
    terminating: false,
    starts: 0,
    crashes: 0,
    uptimeMs: 0,
    lastExit: null,
    listening: [],
    held: 2,
    keeper: true,
    ...fields,
  }
}

export const running: Partial<LauncherStatus> = {
  pid: 7,
  want: true,
  starts: 1,
  uptimeMs: 60_000,
  listening: ['0.0.0.0:80', '0.0.0.0:81'],
}

export function slotView(
  status: Partial<LauncherStatus> | null = {},
  fields: Partial<SlotView> = {},
): SlotView {
  return {
    status: status === null ? null : launcherStatus(status),
    goneMs: status === null ? 1 : 0,
    terminatingMs: status?.terminating === true ? 1 : 0,
    failures: 0,
    retiring: false,
    ...fields,
  }
}

/** A pod in which proxy-1 serves and proxy-2 is idle in its second boot, `h1` is the order. */
export function worldOf(fields: Partial<World> = {}): World {
  return {
    at: NOW,
    kernel: {},
    order: order(),
    activeFile: 'proxy-1',
    slots: { 'proxy-1': slotView(running), 'proxy-2': slotView({ boot: 2 }) },
    health: { verdict: 'passing', detail: 'status 200' },
    liveness: { verdict: 'unknown', detail: '' },
    connections: null,
    drainOrdered: false,
    ...fields,
  }
}
