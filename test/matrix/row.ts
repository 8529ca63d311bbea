import type { Latency, LossCause } from '../ledger/index.ts'
import type { KernelCounters } from '../ledger/index.ts'

/** Ways to change from one version to the other. */
export const METHODS = ['baton', 'own', 'stop-start'] as const
export type Method = (typeof METHODS)[number]

/** `baton`: ours; `peer`: what the proxy brings itself; `control`: must lose. */
export const KINDS = { baton: 'baton', own: 'peer', 'stop-start': 'control' } as const

/** Counts of one client of one run. */
export interface Counts {
  readonly sent: number
  readonly ok: number
  readonly lost: number
  readonly lostByCause: Readonly<Partial<Record<LossCause, number>>>
  /** 3/N when nothing was lost: the true share is below it with a confidence of 95 %. */
  readonly upperBound?: number
  readonly skipped: number
  readonly abandoned: number
  readonly quietMs: Latency
  /** Of requests that were due between the begin of a change and the end of the old process. */
  readonly upgradeMs: Latency
}

/** A cell of the matrix: one client, one proxy, one method. */
export interface Row {
  readonly proxy: string
  readonly client: string
  readonly method: Method
  readonly kind: (typeof KINDS)[Method]
  readonly versions: readonly [string, string]
  /** Why the cell has no numbers. */
  readonly impossible?: string
  readonly counts?: Counts
}

/** One proxy under one method, with all its clients at once. */
export interface Run {
  readonly proxy: string
  readonly what: string
  readonly method: Method
  /** How this method changes this proxy. */
  readonly how: string
  readonly versions: readonly [string, string]
  readonly at: string
  readonly seconds: number
  readonly upgrades: number
  /** From the order until the old process is gone, in seconds, of each upgrade. */
  readonly upgradeSeconds: readonly number[]
  /** Connections that the agent says were cut; of Baton only. */
  readonly connectionsCut?: number
  /** What rose in the network namespace, other traffic included. */
  readonly kernel: KernelCounters
  readonly generator: { readonly cpuShare: number; readonly lateP99Ms: number }
  /** Why the whole run has no numbers. */
  readonly impossible?: string
  /** It could not be finished; the text of what was thrown. */
  readonly failed?: string
  readonly rows: readonly Row[]
}
