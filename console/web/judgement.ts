import type { SetRow } from '../wire.ts'
import { section, table } from './parts.ts'

/** One number that decides on the rollout. */
export interface JudgedRow {
  readonly key: string
  readonly what: string
  readonly value: string
  /** What is wanted of it; empty: anything. */
  readonly wanted: string
  readonly verdict: string
}

type Analysis = NonNullable<SetRow['analysis']>

/** Each metric's last value and each cost of the budget that is limited or was spent. */
export function judgedRows({ metrics, budget }: Analysis): readonly JudgedRow[] {
  const costs = (budget?.costs ?? []).filter(
    ({ threshold, value }) => threshold !== undefined || value > 0,
  )
  return [
    ...metrics.map(({ metric, step, dryRun, verdict, latest, sentence }) => ({
      key: `metric ${step ?? ''} ${metric}`,
      what: `${metric}${step === undefined ? '' : ` of step ${step}`}${dryRun ? ' (dry run)' : ''}`,
      value: latest?.value === undefined ? (latest?.message ?? sentence) : String(latest.value),
      wanted: latest?.threshold ?? '',
      verdict,
    })),
    ...costs.map(({ cost, value, threshold = '' }) => ({
      key: `cost ${cost}`,
      what: cost,
      value: String(value),
      wanted: threshold,
      verdict: budget?.verdict ?? '',
    })),
  ]
}

/** What the rollout is judged by; nothing when it is not. */
export function judgement({ analysis, title }: SetRow): readonly HTMLElement[] {
  const rows = analysis === undefined ? [] : judgedRows(analysis)
  if (rows.length === 0) return []
  return [
    section(
      'Judged by',
      'judgement',
      table<JudgedRow>(
        `What the rollout of ${title} is judged by`,
        [
          { title: 'Metric or cost', cell: ({ what }) => what },
          { title: 'Value', kind: 'number', cell: ({ value }) => value },
          { title: 'Wanted', cell: ({ wanted }) => wanted },
          { title: 'Verdict', cell: ({ verdict }) => verdict },
        ],
        rows.map((row) => ({ key: row.key, row })),
      ),
    ),
  ]
}
