import { lossUpperBound } from './bound.ts'
import type { KindSummary, Summary, WindowSummary } from './summary.ts'

const header = [
  'lane',
  'sent',
  'ok',
  'lost',
  'lost below',
  'skipped',
  'p50 ms',
  'p99 ms',
  'max ms',
  'connect p99',
  'syn?',
  'conns',
  'idle closes',
  'closed',
  'gap ms',
  'causes',
]

/** The summary as a table for people, with the first losses below it. */
export function formatReport(summary: Summary, maxLosses = 20): string {
  const rows = [
    header,
    ...Object.entries(summary.rows).flatMap(([label, row]) => rowsOf(label, row)),
    ...rowsOf('total', summary.total),
  ]
  const widths = header.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const table = rows.map((row) =>
    row
      .map((cell, column) =>
        // Names and causes to the left, numbers to the right.
        column === 0 || column === header.length - 1
          ? cell.padEnd(widths[column] ?? 0)
          : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  )
  const { cpuShare, lateMs } = summary.generator
  const losses = summary.losses
    .slice(0, maxLosses)
    .map(
      (loss) =>
        `lost at ${loss.dueMs.toFixed(0)} ms: ${loss.label} ${loss.cause} (${loss.detail}), ` +
        `request ${loss.requestNumber} on a connection ${loss.connectionAgeMs.toFixed(0)} ms old ` +
        `to ${loss.target}`,
    )
  const own =
    `generator: ${(cpuShare * 100).toFixed(0)} % of a core, ` +
    `started late by p99 ${lateMs.p99} ms, max ${lateMs.max} ms`
  return [...table, own, ...losses, ''].join('\n')
}

/** A row, and one below it for each marked window. */
function rowsOf(label: string, row: KindSummary): readonly (readonly string[])[] {
  return [
    cells(label, row),
    ...Object.entries(row.windows).map(([name, window]) => windowCells(name, window)),
  ]
}

function windowCells(name: string, { ok, lost, latencyMs }: WindowSummary): readonly string[] {
  const { p50, p99, max } = latencyMs
  const ms = [p50, p99, max].map((value) => value.toFixed(1))
  const row = [`  ${name}`, '', String(ok), String(lost), '', '', ...ms]
  return header.map((_, column) => row[column] ?? '')
}

function cells(label: string, row: KindSummary): readonly string[] {
  const causes = Object.entries(row.lostByCause).map(([cause, count]) => `${cause} ${count}`)
  return [
    label,
    String(row.sent),
    String(row.ok),
    String(row.lost),
    bound(row),
    String(row.skipped),
    row.latencyMs.p50.toFixed(1),
    row.latencyMs.p99.toFixed(1),
    row.latencyMs.max.toFixed(1),
    row.connectMs.p99.toFixed(1),
    String(row.suspectedSynRetransmits),
    String(row.connections),
    String(row.idleCloses),
    String(row.closed),
    row.maxGapMs.toFixed(0),
    causes.join(', '),
  ]
}

/** 0 lost of N is below 3 / N at 95 %; a dash when something was lost. */
function bound(row: KindSummary): string {
  const share = lossUpperBound(row)
  return share === undefined ? '-' : `${(share * 100).toPrecision(2)} %`
}
