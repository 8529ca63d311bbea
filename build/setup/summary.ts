import { duration } from './duration.ts'
import type { Outcome, StepResult } from './step.ts'

const words: Record<Outcome, string> = {
  there: 'there already',
  done: 'done',
  failed: 'FAILED',
  skipped: 'skipped',
}

/** The table at the end: one line a step, and the total. `milliseconds` is the time of the whole. */
export function summarize(results: readonly StepResult[], milliseconds: number): string {
  const width = Math.max(...results.map(({ name }) => name.length))
  const lines = results.map(({ name, what, outcome, seconds }) => {
    const time = outcome === 'there' || outcome === 'skipped' ? '' : duration(seconds * 1000)
    return `  ${name.padEnd(width)}  ${words[outcome].padEnd(13)}  ${time.padStart(6)}  ${what}`
  })
  return [...lines, `  ${'all'.padEnd(width)}  ${duration(milliseconds).padStart(21)}`].join('\n')
}
