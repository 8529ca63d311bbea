import type { CutReason } from '../../api/reasons.ts'
import type { Connections } from '../drain/connections.ts'
import { fitted } from '../drain/connections.ts'
import type { ProcessEnd } from './events.ts'
import type { HandoverRecord } from './record.ts'

/**
 * What became of the connections of a process that had to let go. Whatever was cut is in the
 * numbers, with its reason: exact where the launcher could count it at the end, else by the last
 * reading before it.
 */

/** The record as the process is told to drain. */
export function openAccount(record: HandoverRecord, count: Connections | null): HandoverRecord {
  const connections = count?.total ?? 0
  return {
    ...record,
    counted: count !== null,
    connectionsAtDrain: connections,
    connectionsLeft: connections,
    atDrainByProtocol: count?.byProtocol ?? {},
    leftByProtocol: count?.byProtocol ?? {},
  }
}

/**
 * The record after a reading; the same object when the reading says nothing new.
 * @param quiet readings of none in a row. The first may be of a process that was killed a moment
 *   ago, and whose end nobody could count at: then what it had before is the number.
 */
export function readAccount(
  record: HandoverRecord,
  count: Connections,
  quiet: number,
): HandoverRecord {
  if (quiet === 1) return record
  const same =
    record.counted &&
    record.connectionsLeft === count.total &&
    JSON.stringify(record.leftByProtocol) === JSON.stringify(count.byProtocol)
  if (same) return record
  return {
    ...record,
    counted: true,
    connectionsLeft: count.total,
    leftByProtocol: count.byProtocol,
  }
}

/**
 * The record after the process has ended.
 * @param ordered it was told to end now, and `record.cutReason` says why; else it did so by itself
 * @param overdue its longest life was over
 */
export function closeAccount(
  record: HandoverRecord,
  end: ProcessEnd,
  ordered: boolean,
  overdue: boolean,
): HandoverRecord {
  const cut = cutAt(end, ordered) ?? record.connectionsLeft
  const counted = record.counted || cutAt(end, ordered) !== null
  const byProtocol = fitted(cut, record.leftByProtocol)?.byProtocol ?? {}
  return {
    ...record,
    counted,
    connectionsLeft: 0,
    leftByProtocol: {},
    connectionsCut: cut,
    connectionsDrained: Math.max(0, record.connectionsAtDrain - cut),
    cutReason: cut === 0 ? '' : ordered ? record.cutReason || 'Stopped' : endReason(end, overdue),
    // Without a word of the proxy there is nothing to split.
    cutByProtocol: Object.keys(record.atDrainByProtocol).length === 0 ? {} : byProtocol,
  }
}

/**
 * Exact number of connections that a process had at its end; null = nobody could count.
 * @param ordered it was stopped: what it then closes by itself before it exits is cut too
 */
export function cutAt(end: ProcessEnd, ordered: boolean): number | null {
  if (end === null) return null
  if (!ordered || end.atStop === null) return end.connections
  return Math.max(end.atStop, end.connections ?? 0)
}

/** Why a process that nobody ordered to end has ended. */
export function endReason(end: ProcessEnd, overdue = false): CutReason {
  if (end === null) return 'SlotGone'
  // Its launcher keeps the same time as the agent, and may be the first to see it run out.
  if (end.signal === SIGKILL && overdue) return 'MaxSeconds'
  return end.signal === 0 ? 'ProxyExited' : 'ProxyKilled'
}

const SIGKILL = 9

/** The numbers as the end of a sentence. */
export function accountText(record: HandoverRecord, endedByItself: boolean): string {
  const { connectionsDrained: drained, connectionsCut: cut, cutReason, unheld } = record
  const why = cut === 0 ? '' : ` (${cutReason})`
  // Where nobody can count there is nothing to say but the end.
  const end = record.counted
    ? `; ${drained} connections drained, ${cut} cut${why}`
    : `, which ${endedByItself ? 'ended by itself' : 'was stopped'}`
  const rest = unheld.length === 0 ? '' : `; not handed over: ${unheld.join(', ')}`
  return `${end}${rest}.`
}
