/** Numbers of the handover that no user sets. Milliseconds unless the name says otherwise. */
export const limits = {
  /** Crashes of a new process in one start before its order is given up. */
  startCrashes: 3,
  /** Crashes of the active process in a row, never serving between, before another steps in. */
  activeCrashes: 3,
  /** What execve failing looks like, as in a shell: not executable, not found. */
  execFailedCodes: [126, 127] as readonly number[],
  /** A launcher whose control socket refuses for so long is gone; a restart takes 200 or more. */
  goneMs: 150,
  /**
   * The same while the other process drains and no second one can be started beside it: failing
   * over then cuts the connections it still has, and the kubelet restarts a container that died
   * once within 700 ms.
   */
  goneWhileDrainingMs: 2000,
  /** `terminating` for so long and the agent itself not told to end: not the pod's deletion. */
  terminatingMs: 300,
  /** A takeover that does not serve by then yields to the slot that was ordered, if that is there. */
  takeoverMs: 5000,
  /** From SIGTERM to SIGKILL of a process that has nothing left to lose. */
  stopGraceMs: 5000,
  /** The same while nobody serves and clients queue for this slot. */
  urgentGraceMs: 500,
  /** The same for a process that hangs: it still takes connections, and answers none of them. */
  hungGraceMs: 1000,
  /** A draining process is quiet after so many readings of 0: a worker may still be accepting. */
  quietReadings: 2,
  /** Launchers hold out 25 s against the kubelet's SIGTERM; a forced drain stays below. */
  forcedDrainSeconds: 20,
  /** A held listener is nobody's after so long, and a queue that stands for so long is reported. */
  unreadMs: 5000,
  /** Longer than a process needs to come back to the addresses it had: it has given them up. */
  livedWellMs: 10_000,
} as const
