/**
 * Two clocks that must not be mixed up. All that is compared, awaited or kept on disk is monotonic;
 * the wall clock, which an administrator or NTP may set at any moment, only shows times to people.
 */
export interface Clock {
  /** Milliseconds of CLOCK_MONOTONIC: one scale for all processes of a node, across restarts. */
  now(): number
  /** Milliseconds since 1970. */
  wall(): number
}

const NANOSECONDS_PER_MS = 1_000_000n

export const systemClock: Clock = {
  // Not performance.now(), which begins anew with each process.
  now: () => Number(process.hrtime.bigint() / NANOSECONDS_PER_MS),
  wall: Date.now,
}
