import type { Pulse } from '../../launcher/protocol.ts'

/** One look at the processes that hold the proxy's ports, while a connection waits there. */
export interface Look {
  /** Milliseconds of the monotonic clock, from before the look. */
  readonly at: number
  /** Threads that run or wait for a processor, a quota or a disk; null = nobody could tell. */
  readonly awake: number | null
  /** Processor time of all of them so far. */
  readonly cpuMs: number
}

/** Since when all that was seen stood still; null = the last look saw something going on. */
export interface Stillness {
  readonly since: number
  readonly looks: number
  readonly cpuMs: number
}

/**
 * The kernel wakes whoever waits for a connection as soon as it is there, and a process that is only
 * slow is then seen awake, however long others keep it from its processor. So a few looks are enough,
 * and that they were spread over some time: a thread sleeps for a moment at a lock or between two
 * timers as well.
 */
const STANDSTILL = { looks: 5, ms: 400 } as const

/** What is known after one more look. */
export function nextStillness(before: Stillness | null, look: Look): Stillness | null {
  if (look.awake !== 0) return null
  if (before?.cpuMs !== look.cpuMs) return { since: look.at, looks: 1, cpuMs: look.cpuMs }
  return { ...before, looks: before.looks + 1 }
}

/** Nothing goes on, and a connection waits all the while: the proxy hangs. */
export function isStandstill(stillness: Stillness | null, at: number): boolean {
  if (stillness === null) return false
  return stillness.looks >= STANDSTILL.looks && at - stillness.since >= STANDSTILL.ms
}

/** Of all slots that listen there together; one that nobody could ask makes all unknown. */
export function sumOfPulses(pulses: readonly (Pulse | null)[]): Pick<Look, 'awake' | 'cpuMs'> {
  const unknown = pulses.length === 0 || pulses.some((one) => one === null || !one.complete)
  const sum = (field: 'awake' | 'cpuMs') =>
    pulses.reduce((total, one) => total + (one?.[field] ?? 0), 0)
  return { awake: unknown ? null : sum('awake'), cpuMs: sum('cpuMs') }
}
