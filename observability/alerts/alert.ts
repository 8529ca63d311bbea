/**
 * `critical`: pods cannot be created, or clients are losing something now: wake somebody.
 * `warning`: somebody must look at it today. `info`: worth knowing.
 */
export const severities = ['critical', 'warning', 'info'] as const

/** Series by selector, in the notation of promtool: one value a minute from time 0 on. */
export type Series = Readonly<Record<string, string>>

/** What promtool puts into Prometheus, and when it looks. */
export interface Case {
  /** What it is about, a clause. */
  readonly when: string
  readonly series: Series
  /** Time since the beginning, such as `20m`. */
  readonly at: string
}

export interface FiringCase extends Case {
  /** Labels beside `alertname` and `severity`, and the texts as people get them. */
  readonly told: readonly {
    readonly labels: Readonly<Record<string, string>>
    readonly summary: string
    readonly description: string
  }[]
}

/** A rule that tells people of something. */
export interface Alert {
  readonly name: `Baton${string}`
  readonly severity: (typeof severities)[number]
  /** PromQL. Its value stands in the description. */
  readonly expr: string
  /** How long it must have been so. Absent: the expression itself looks back. */
  readonly for?: string
  /** One line: who is concerned, and by what. */
  readonly summary: string
  /** With the numbers. */
  readonly description: string
  readonly fires: FiringCase
  /** The nearest case in which nobody is to be told. */
  readonly silent: Case
}

export interface AlertGroup {
  readonly name: string
  readonly alerts: readonly Alert[]
}
