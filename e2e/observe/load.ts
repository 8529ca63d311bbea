import type { Load } from '../../test/ledger/index.ts'
import { waitFor } from '../environment/wait.ts'

/** Requests that all loads together have sent so far. */
export async function sentSoFar(loads: readonly Load[]): Promise<number> {
  const summaries = await Promise.all(loads.map((load) => load.snapshot()))
  return summaries.reduce((sum, { total }) => sum + total.sent, 0)
}

/** Waits until all loads together have sent so many: time that is measured in traffic. */
export async function untilSent(
  loads: readonly Load[],
  wanted: number,
  deadlineMs = 60_000,
): Promise<void> {
  let seen = 0
  await waitFor(
    `${wanted} requests sent`,
    deadlineMs,
    async () => {
      seen = await sentSoFar(loads)
      return seen >= wanted ? true : undefined
    },
    () => `${seen} sent`,
  )
}
