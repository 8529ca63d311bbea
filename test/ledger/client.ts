import type { Dialer } from './dialer.ts'
import type { LaneBook } from './laneBook.ts'

/**
 * One lane's clients. `send` starts a request now, whatever is still pending, and sees to it that
 * its entry ends; it never waits, retries or throws.
 */
export interface Client {
  /** Starts the lane's request number `number` (from 0), which was due at `dueMs`. */
  send(number: number, dueMs: number): void
  /** Closes connections without a request on them; called when no more requests come. */
  closeIdle(): void
}

/** What every client is made of. */
export interface ClientOptions {
  readonly book: LaneBook
  readonly dialer: Dialer
  /** Limit for a request, beyond the time that it takes by design. */
  readonly timeoutMs: number
  /** Host header or :authority. */
  readonly authority: string
  readonly now: () => number
}
