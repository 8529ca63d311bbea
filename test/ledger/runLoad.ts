import { Generator } from './generator.ts'
import type { GeneratorOptions } from './options.ts'
import type { Outcome } from './outcome.ts'
import type { Summary } from './summary.ts'
import { until } from './until.ts'

/** A loaded machine may take so long over what takes milliseconds elsewhere. */
const PATIENCE_MS = 30_000

/**
 * The time limit for requests that are to end like this: where no timeout is meant, a process that
 * stood still for a moment must not book one.
 */
export function limitFor(outcome: Outcome): number {
  return outcome === 'timeout' ? 1000 : 10_000
}

/** Runs a load in this process until `done` and returns its final, audited numbers. */
export async function runLoad(
  options: GeneratorOptions,
  done: (summary: Summary) => boolean,
): Promise<Summary> {
  const generator = new Generator(options)
  generator.start()
  try {
    await until('the load has seen enough', () => done(generator.snapshot()), PATIENCE_MS)
  } catch (error) {
    const seen = JSON.stringify((await generator.stop(0)).total)
    throw new Error(`the load saw only ${seen}`, { cause: error })
  }
  const summary = await generator.stop()
  for (const row of [summary.total, ...Object.values(summary.kinds)]) {
    if (row.sent !== row.ok + row.lost || row.pending + row.abandoned !== 0) {
      throw new Error(`not every request is accounted for: ${JSON.stringify(row)}`)
    }
  }
  return summary
}
