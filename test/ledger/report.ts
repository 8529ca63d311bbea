import type { KindSummary, Summary } from './summary.ts'

const header = [
  'kind',
  'sent',
  'ok',
  'lost',
  'skipped',
  'p50 ms',
  'p99 ms',
  'max ms',
  'connect p99',
  'syn?',
  'gap ms',
  'causes',
]

/** The summary as a table for people, with the first losses below it. */
export function formatReport(summary: Summary, maxLosses = 20): string {
  const kinds = Object.entries(summary.kinds)
  const rows = [
    header,
    ...kinds.map(([kind, row]) => cells(kind, row)),
    cells('total', summary.total),
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
        `lost at ${loss.dueMs.toFixed(0)} ms: ${loss.kind} ${loss.cause} (${loss.detail}), ` +
        `request ${loss.requestNumber} on a connection ${loss.connectionAgeMs.toFixed(0)} ms old ` +
        `to ${loss.target}`,
    )
  const own =
    `generator: ${(cpuShare * 100).toFixed(0)} % of a core, ` +
    `started late by p99 ${lateMs.p99} ms, max ${lateMs.max} ms`
  return [...table, own, ...losses, ''].join('\n')
}

function cells(kind: string, row: KindSummary): readonly string[] {
  const causes = Object.entries(row.lostByCause).map(([cause, count]) => `${cause} ${count}`)
  return [
    kind,
    String(row.sent),
    String(row.ok),
    String(row.lost),
    String(row.skipped),
    row.latencyMs.p50.toFixed(1),
    row.latencyMs.p99.toFixed(1),
    row.latencyMs.max.toFixed(1),
    row.connectMs.p99.toFixed(1),
    String(row.suspectedSynRetransmits),
    row.maxGapMs.toFixed(0),
    causes.join(', '),
  ]
}
