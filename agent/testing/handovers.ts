import type { DesiredContainer } from '../../api/desired.ts'
import type { Connections } from '../drain/connections.ts'
import type { Event, EventKind, EventOf, LostReason, ProcessEnd } from '../handover/events.ts'
import type { HandoverRecord, Moment } from '../handover/record.ts'
import { newRecord } from '../handover/record.ts'
import type { AsideDrain, Assigned, Phase, ProcessId, State } from '../handover/state.ts'
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

/** What the wall clock shows at NOW. */
export const WALL = Date.parse('2026-01-01T00:00:00.000Z')

export const moment: Moment = { at: NOW, wall: WALL, kernel: { ListenDrops: 3 } }

/** The process that runs in a slot of {@link running}. */
export const oldProcess: ProcessId = { boot: 1, pid: 7 }

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
    aside: null,
    turnedBack: null,
    restartedAt: null,
    ...fields,
    record: {
      ...newRecord(order(), 'proxy-1', 'proxy-2', { ...moment, kernel: { ListenDrops: 1 } }),
      ...(phase === 'Draining' ? { drainStartedAt: NOW, connectionsAtDrain: 5 } : {}),
      ...(phase === 'Draining' ? { counted: true } : {}),
      ...(phase === 'Draining' ? { connectionsLeft: 5, listeners: 2, servingAt: NOW } : {}),
      ...fields.record,
    },
  }
  if (phase === 'Draining') {
    return { ...assigned, phase, old: oldProcess, quiet: 0, stopOrderedAt: null }
  }
  return { ...assigned, phase }
}

/** The drain of proxy-1 that was turned back: it goes on aside while proxy-1 serves again. */
export function asideDrain(fields: Partial<AsideDrain> = {}): AsideDrain {
  return {
    slot: 'proxy-1',
    process: oldProcess,
    record: {
      ...newRecord(order({ handover: 'h0' }), 'proxy-1', 'proxy-2', moment),
      ...{ drainStartedAt: NOW, counted: true, connectionsAtDrain: 5, connectionsLeft: 5 },
      listeners: 2,
    },
    drain: order().drain,
    quiet: 0,
    stopOrderedAt: null,
    ...fields,
  }
}

/** One event of each kind. */
export const events: { readonly [K in EventKind]: Extract<Event, { readonly kind: K }> } = {
  ordered: { kind: 'ordered', order: order({ handover: 'h2', active: 'proxy-1' }) },
  turnedBack: {
    kind: 'turnedBack',
    order: order({ handover: 'h2', active: 'proxy-1' }),
    process: oldProcess,
  },
  amended: { kind: 'amended', order: order({ confirmSeconds: 9 }) },
  targetReady: { kind: 'targetReady' },
  targetTerminating: { kind: 'targetTerminating' },
  idle: { kind: 'idle', slot: 'proxy-2' },
  serving: { kind: 'serving', listening: ['0.0.0.0:80', '0.0.0.0:81'], unheld: [] },
  exited: { kind: 'exited', failures: 3, code: 7, signal: 0 },
  deadline: { kind: 'deadline', listening: [], missing: [], health: 'not checked yet' },
  confirmed: { kind: 'confirmed', connections: connections(5), old: oldProcess },
  unhealthy: { kind: 'unhealthy', detail: 'status 500' },
  undrained: { kind: 'undrained' },
  connections: { kind: 'connections', count: connections(4) },
  timer: { kind: 'timer' },
  maxReached: { kind: 'maxReached' },
  unstopped: { kind: 'unstopped' },
  stopped: { kind: 'stopped', end: ended(), standIn: false },
  unreplaced: { kind: 'unreplaced' },
  asideFound: { kind: 'asideFound', slot: 'proxy-1', process: oldProcess },
  asideCounted: { kind: 'asideCounted', count: connections(4) },
  asideMaxReached: { kind: 'asideMaxReached' },
  asideUnstopped: { kind: 'asideUnstopped' },
  asideEnded: { kind: 'asideEnded', end: ended() },
  activeLost: lost('gone', 'proxy-1'),
  homeReady: { kind: 'homeReady' },
  stray: { kind: 'stray', slot: 'proxy-1' },
  misfiled: { kind: 'misfiled' },
  unlive: { kind: 'unlive', detail: 'status 500', other: null },
  relisted: { kind: 'relisted', listening: ['0.0.0.0:80'] },
  unwanted: { kind: 'unwanted', addresses: ['0.0.0.0:99'] },
}

export function connections(
  total: number,
  byProtocol: Connections['byProtocol'] = {},
): Connections {
  return { total, byProtocol }
}

/** The end of a process; by itself, with nothing known of its connections, unless said otherwise. */
export function ended(fields: Partial<NonNullable<ProcessEnd>> = {}): NonNullable<ProcessEnd> {
  return { code: 0, signal: 0, connections: null, atStop: null, ...fields }
}

export function lost(
  why: LostReason,
  other: string,
  fields: Partial<EventOf<'activeLost'>> = {},
): EventOf<'activeLost'> {
  return { kind: 'activeLost', why, other, cut: 0, beside: null, ...fields }
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
    side: 0,
    aside: null,
    lastAside: null,
    unheld: [],
    standIn: false,
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
    replaceable: true,
    connectionsSeen: 0,
    ...fields,
  }
}

/** A pod in which proxy-1 serves and proxy-2 is idle in its second boot, `h1` is the order. */
export function worldOf(fields: Partial<World> = {}): World {
  return {
    at: NOW,
    wall: WALL,
    kernel: {},
    order: order(),
    activeFile: 'proxy-1',
    slots: { 'proxy-1': slotView(running), 'proxy-2': slotView({ boot: 2 }) },
    health: { verdict: 'passing', detail: 'status 200' },
    liveness: { verdict: 'unknown', detail: '', relapseMs: 0 },
    connections: null,
    asideConnections: null,
    drainOrdered: false,
    stopOrdered: true,
    asideStopOrdered: true,
    unread: [],
    ...fields,
  }
}
