import type { HandoverStatus } from '../../api/agentStatus.ts'
import type { DesiredContainer } from '../../api/desired.ts'
import type { CutReason } from '../../api/reasons.ts'

export interface Verdict {
  /** UpperCamelCase. */
  readonly reason: string
  /** A sentence. */
  readonly message: string
}

/** Names and values of kernel counters; see kernel/counters.ts. */
export type Counters = Readonly<Record<string, number>>

/** Connections by protocol; empty when the proxy does not tell. */
export type ByProtocol = Readonly<Record<string, number>>

/** The current or last handover. Times are of the monotonic clock, null until reached. */
export interface HandoverRecord extends Verdict {
  readonly id: string
  readonly from: string | null
  readonly to: string
  readonly revision: string
  readonly startedAt: number
  /** `startedAt` by the wall clock, in ms since 1970: all shown times are reckoned from it. */
  readonly startedWall: number
  readonly servingAt: number | null
  readonly drainStartedAt: number | null
  readonly reportedAt: number | null
  readonly settledAt: number | null
  readonly listeners: number
  /** What was bound but not handed over. */
  readonly unheld: readonly string[]
  /** Somebody could tell the connections of the old process. */
  readonly counted: boolean
  readonly connectionsAtDrain: number
  readonly connectionsLeft: number
  readonly connectionsDrained: number
  readonly connectionsCut: number
  /** Why they are going to be cut, or were. */
  readonly cutReason: CutReason | ''
  readonly atDrainByProtocol: ByProtocol
  readonly leftByProtocol: ByProtocol
  readonly cutByProtocol: ByProtocol
  readonly kernelBefore: Counters
  readonly kernel: Counters
}

/** When something happened, and the pod's kernel counters then. */
export interface Moment {
  /** By the monotonic clock. */
  readonly at: number
  /** By the wall clock: for people only. */
  readonly wall: number
  readonly kernel: Counters
}

/** A handover that has just been ordered. */
export function newRecord(
  order: DesiredContainer,
  from: string | null,
  to: string,
  moment: Moment,
): HandoverRecord {
  return {
    id: order.handover,
    from,
    to,
    // What another slot than the ordered one runs is not known here.
    revision: to === order.active ? order.revision : '',
    reason: '',
    message: '',
    startedAt: moment.at,
    startedWall: moment.wall,
    servingAt: null,
    drainStartedAt: null,
    reportedAt: null,
    settledAt: null,
    listeners: 0,
    unheld: [],
    counted: false,
    connectionsAtDrain: 0,
    connectionsLeft: 0,
    connectionsDrained: 0,
    connectionsCut: 0,
    cutReason: '',
    atDrainByProtocol: {},
    leftByProtocol: {},
    cutByProtocol: {},
    kernelBefore: moment.kernel,
    kernel: {},
  }
}

/** The record at its end: with the growth of the kernel's counters. */
export function closeRecord(record: HandoverRecord, moment: Moment): HandoverRecord {
  return {
    ...record,
    settledAt: moment.at,
    kernel: growth(record.kernelBefore, moment.kernel),
  }
}

function growth(before: Counters, after: Counters): Counters {
  return Object.fromEntries(
    Object.entries(after).map(([name, value]) => [name, value - (before[name] ?? value)]),
  )
}

/** The record as `GET /status` shows it. */
export function handoverStatus(
  record: HandoverRecord,
  phase: HandoverStatus['phase'],
): HandoverStatus {
  return {
    id: record.id,
    from: record.from,
    to: record.to,
    revision: record.revision,
    phase,
    reason: record.reason,
    message: record.message,
    ...time('startedAt', record),
    ...time('servingAt', record),
    ...time('drainStartedAt', record),
    ...time('reportedAt', record),
    ...time('settledAt', record),
    listeners: record.listeners,
    connectionsAtDrain: record.connectionsAtDrain,
    connectionsLeft: record.connectionsLeft,
    connectionsDrained: record.connectionsDrained,
    connectionsCut: record.connectionsCut,
    cutReason: record.connectionsCut === 0 ? '' : record.cutReason,
    ...protocols(record),
    unheld: record.unheld,
    kernel: record.kernel,
  }
}

function protocols(record: HandoverRecord): Pick<HandoverStatus, 'protocols'> {
  const { atDrainByProtocol: atDrain, cutByProtocol } = record
  const names = new Set([...Object.keys(atDrain), ...Object.keys(cutByProtocol)])
  if (names.size === 0) return {}
  // Until its end nobody can say what will have been drained.
  const over = record.settledAt !== null
  return {
    protocols: Object.fromEntries(
      [...names].map((name) => {
        const before = atDrain[name] ?? 0
        const cut = cutByProtocol[name] ?? 0
        return [name, { atDrain: before, drained: over ? Math.max(0, before - cut) : 0, cut }]
      }),
    ),
  }
}

/**
 * Times not yet reached are absent from the status. The others keep their true distance from the
 * start, whatever became of the wall clock since.
 */
function time(key: TimeKey, record: HandoverRecord): Partial<Record<TimeKey, string>> {
  const at = record[key]
  if (at === null) return {}
  return { [key]: new Date(record.startedWall + at - record.startedAt).toISOString() }
}

type TimeKey = 'startedAt' | 'servingAt' | 'drainStartedAt' | 'reportedAt' | 'settledAt'
