import { readFileSync } from 'node:fs'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { availableParallelism, totalmem } from 'node:os'
import { dirname } from 'node:path'
import type { StepResult } from './step.ts'

/** How long each step took when it last had something to do, and on what machine. */
export interface Timings {
  readonly version: 1
  readonly machine: { readonly processors: number; readonly memoryGiB: number }
  /** By step name. `at` as RFC 3339. */
  readonly steps: Readonly<Record<string, { readonly seconds: number; readonly at: string }>>
}

/** Adds what was done just now to the timings kept in a file; steps that were there keep theirs. */
export async function updateTimings(
  file: string,
  results: readonly StepResult[],
  at: Date,
): Promise<Timings> {
  const done = results.filter(({ outcome }) => outcome === 'done')
  const timings: Timings = {
    version: 1,
    machine: { processors: availableParallelism(), memoryGiB: Math.round(totalmem() / 2 ** 30) },
    steps: {
      ...readSteps(file),
      ...Object.fromEntries(
        done.map(({ name, seconds }) => [
          name,
          { seconds: Math.round(seconds * 10) / 10, at: at.toISOString() },
        ]),
      ),
    },
  }
  if (done.length > 0) {
    await mkdir(dirname(file), { recursive: true })
    await writeFile(`${file}.tmp`, `${JSON.stringify(timings, null, 2)}\n`)
    await rename(`${file}.tmp`, file)
  }
  return timings
}

function readSteps(file: string): Timings['steps'] {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as Timings).steps
  } catch {
    // None yet, or of a killed disk: they are only numbers to cite.
    return {}
  }
}
