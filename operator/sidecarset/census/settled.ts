import type { PodView } from '../rollout/podView.ts'

/** Pods about which there is nothing to decide, told in numbers: none of them is looked at. */
export interface Settled {
  readonly count: number
  /** Pods by workload, as `workloadOf` names it. */
  readonly byWorkload: ReadonlyMap<string, number>
  /** When the last upgrade of one of them began: milliseconds since the epoch, 0 when none had one. */
  readonly lastUpdate: number
  /** All of them, for when there is something to decide after all: a walk over every pod. */
  views(): readonly PodView[]
}

export const NONE_SETTLED: Settled = {
  count: 0,
  byWorkload: new Map(),
  lastUpdate: 0,
  views: () => [],
}
