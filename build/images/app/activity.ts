/** What the application has in hand, and since when it has nothing. */
export interface Activity {
  /** Counts a piece of work; the answer ends it. */
  begin(): () => void
  /** Milliseconds since the last work ended; 0 while there is any. */
  idleMs(): number
}

/** Makes an activity that begins idle. `now` in milliseconds, never going back. */
export function createActivity(now: () => number): Activity {
  let working = 0
  let idleSince = now()
  return {
    begin: () => {
      working += 1
      return () => {
        working -= 1
        idleSince = now()
      }
    },
    idleMs: () => (working > 0 ? 0 : now() - idleSince),
  }
}
