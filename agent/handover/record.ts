import type { HandoverStatus } from '../../api/agentStatus.ts'
import type { DesiredContainer } from '../../api/desired.ts'
import type { Counters, HandoverRecord } from './state.ts'

/** When something happened, and the pod's kernel counters then. */
export interface Moment {
  readonly at: number
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
    servingAt: null,
    drainStartedAt: null,
    reportedAt: null,
    settledAt: null,
    listeners: 0,
    connectionsAtDrain: 0,
    connectionsLeft: 0,
    connectionsDrained: 0,
    connectionsCut: 0,
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
    ...time('startedAt', record.startedAt),
    ...time('servingAt', record.servingAt),
    ...time('drainStartedAt', record.drainStartedAt),
    ...time('reportedAt', record.reportedAt),
    ...time('settledAt', record.settledAt),
    listeners: record.listeners,
    connectionsAtDrain: record.connectionsAtDrain,
    connectionsLeft: record.connectionsLeft,
    connectionsDrained: record.connectionsDrained,
    connectionsCut: record.connectionsCut,
    kernel: record.kernel,
  }
}

/** Times not yet reached are absent from the status. */
function time(key: TimeKey, ms: number | null): Partial<Record<TimeKey, string>> {
  return ms === null ? {} : { [key]: new Date(ms).toISOString() }
}

type TimeKey = 'startedAt' | 'servingAt' | 'drainStartedAt' | 'reportedAt' | 'settledAt'
