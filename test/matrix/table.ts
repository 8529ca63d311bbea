import { formatTable } from '../../cli/table.ts'
import { causesOf, labelOf, latencyCell, lostCell } from './cells.ts'
import type { Run } from './row.ts'
import { problemOf } from './verdict.ts'

const HEADER = [
  ...['proxy', 'client', 'method', 'kind', 'sent', 'lost'],
  ...['quiet p50/p99', 'upgrading p50/p99', 'causes'],
]

/** All rows of all runs, for a terminal. */
export function formatRuns(runs: readonly Run[]): string {
  return formatTable(HEADER, runs.flatMap(linesOf))
}

/** The rows of one run; one line when it has none. */
export function linesOf(run: Run): readonly (readonly string[])[] {
  const { proxy, method } = run
  const why = run.impossible ?? problemOf(run)
  if (run.rows.length === 0) return [[proxy, '', method, '', '', '', '', '', why ?? '']]
  return run.rows.map(({ client, kind, counts, impossible = '' }) => {
    const start = [proxy, labelOf(client), method, kind]
    if (counts === undefined) return [...start, '', '', '', '', impossible]
    return [
      ...[...start, String(counts.sent), lostCell(counts)],
      ...[latencyCell(counts.quietMs), latencyCell(counts.upgradeMs), causesOf(counts)],
    ]
  })
}

export function formatRun(run: Run): string {
  return formatTable(HEADER, linesOf(run))
}
