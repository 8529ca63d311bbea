import { setTimeout as sleep } from 'node:timers/promises'

/** Polls until `done`; rejects with `what` after `deadlineMs`. */
export async function until(
  what: string,
  done: () => boolean | Promise<boolean>,
  deadlineMs = 20_000,
): Promise<void> {
  const end = performance.now() + deadlineMs
  while (!(await done())) {
    if (performance.now() > end) throw new Error(`not within ${deadlineMs} ms: ${what}`)
    await sleep(5)
  }
}
