import type { Result } from './runSuite.ts'

/** What failed, however much was printed since, and a line for each suite. */
export function formatResults(results: readonly Result[]): string {
  const failures = results.flatMap(({ suite, failures: all }) =>
    all.map((failure) => `${suite}: ${failure}\n`),
  )
  const lines = results.map(({ suite, passed, failed, seconds, problem }) => {
    const note = problem === undefined ? '' : `  (${problem})`
    return `${suite.padEnd(10)} ${passed} passed, ${failed} failed in ${seconds.toFixed(0)} s${note}\n`
  })
  return ['\n', ...(failures.length === 0 ? [] : [...failures, '\n']), ...lines].join('')
}
