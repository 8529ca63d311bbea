import { Generator } from './generator.ts'
import type { GeneratorOptions } from './options.ts'
import type { Summary } from './summary.ts'
import { until } from './until.ts'

/** Runs a load in this process until `done` and returns its final, audited numbers. */
export async function runLoad(
  options: GeneratorOptions,
  done: (summary: Summary) => boolean,
): Promise<Summary> {
  const generator = new Generator(options)
  generator.start()
  try {
    await until('the load has seen enough', () => done(generator.snapshot()))
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
