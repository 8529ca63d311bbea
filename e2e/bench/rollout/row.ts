/** Writes of the measured program, by what it writes, each divided by the number of pods. */
export interface WritesPerPod {
  /** Pods and their subresources, by `verb resource`: `patch pods`, `patch pods/status`. */
  readonly pods: Readonly<Record<string, number>>
  readonly events: number
  /** Everything else: the set's status, revisions, leases, prefetch pods. */
  readonly other: number
}

/** One upgrade of all pods. */
export interface RolloutRow {
  readonly name: string
  readonly kind: 'baton' | 'peer'
  readonly pods: number
  readonly maxUnavailable: string
  /** Which upgrade of these pods it was, from 1. */
  readonly upgrade: number
  /** False: given up at the deadline, and the numbers are those until then. */
  readonly completed: boolean
  readonly upgraded: number
  readonly seconds: number
  readonly writesPerPod: WritesPerPod
  readonly cpuSeconds: number
  /** The API server's, from the order to the last pod. */
  readonly serverCpuSeconds: number
  /** From the last pod to the operator's last event. */
  readonly tailSeconds: number
  readonly residentMiB: number
  /** The most since the program started. */
  readonly peakResidentMiB: number
  /** Load of the machine over one minute when it began, for readers who wonder. */
  readonly load: number
}

/** What a run prints with --json, and what pages are made of. */
export interface RolloutDocument {
  readonly name: 'rollout'
  readonly at: string
  readonly machine: string
  readonly versions: Readonly<Record<string, string>>
  readonly terms: {
    readonly restartMs: number
    readonly pullMs: number
    readonly handoverMs: number
    readonly operator: Readonly<Record<string, string>>
  }
  readonly rows: readonly RolloutRow[]
}
