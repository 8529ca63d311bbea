import { formatTable } from '../../cli/table.ts'
import type { Summary } from '../../test/ledger/index.ts'

/** One line of the final table, and one row of the JSON document. */
export interface Row {
  readonly name: string
  /** `baton` must lose nothing; `control` shows what the same change costs without it. */
  readonly kind: 'baton' | 'control'
  readonly durationSeconds: number
  readonly listenersHanded: number
  readonly connectionsDrained: number
  readonly connectionsCut: number
  readonly sent: number
  readonly lost: number
  readonly lostByCause: Readonly<Record<string, number>>
  /** What the SidecarSet said, or how the step was judged. */
  readonly note: string
}

/** Requests of several loads as one. */
export function addUp(summaries: readonly Summary[]): Pick<Row, 'sent' | 'lost' | 'lostByCause'> {
  const lostByCause: Record<string, number> = {}
  let sent = 0
  let lost = 0
  for (const { total } of summaries) {
    sent += total.sent
    lost += total.lost
    for (const [cause, count] of Object.entries(total.lostByCause)) {
      lostByCause[cause] = (lostByCause[cause] ?? 0) + count
    }
  }
  return { sent, lost, lostByCause }
}

const HEADER = ['STEP', 'SECONDS', 'LISTENERS', 'DRAINED', 'CUT', 'SENT', 'LOST', 'BY CAUSE']

/** The rows as a table for people. */
export function formatRows(rows: readonly Row[]): string {
  return formatTable(
    HEADER,
    rows.map((row) => [
      row.kind === 'control' ? `(control) ${row.name}` : row.name,
      row.durationSeconds.toFixed(1),
      String(row.listenersHanded),
      String(row.connectionsDrained),
      String(row.connectionsCut),
      String(row.sent),
      String(row.lost),
      formatCauses(row.lostByCause),
    ]),
  )
}

function formatCauses(lostByCause: Readonly<Record<string, number>>): string {
  const causes = Object.entries(lostByCause).map(([cause, count]) => `${cause} ${count}`)
  return causes.length === 0 ? '-' : causes.join(', ')
}
