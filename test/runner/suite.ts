import { globSync } from 'node:fs'
import Mocha from 'mocha'
import { suites } from './suites.ts'

/**
 * Runs one suite in this process and tells the parent its counts over IPC.
 * Usage: node suite.ts <suite> [--grep PATTERN]
 */
const [name, , pattern] = process.argv.slice(2)
const suite = suites.find((candidate) => candidate.name === name)
if (suite === undefined) throw new Error(`no suite is called ${String(name)}`)

const mocha = new Mocha({
  timeout: suite.timeoutMs,
  forbidOnly: true,
  reporter: 'spec',
  ...(pattern === undefined ? {} : { grep: pattern }),
})
for (const file of suite.files.flatMap((glob) => globSync(glob)).sort()) mocha.addFile(file)
await mocha.loadFilesAsync()

const MOST_OF_A_MESSAGE = 500
/** So long after the last test, what should have been closed is named. */
const STILL_OPEN_MS = 5_000
/** Full titles with the first lines of what went wrong. */
const failures: string[] = []
const runner = mocha.run((failed) => {
  const { passes, pending } = runner.stats ?? { passes: 0, pending: 0 }
  process.send?.({ passed: passes, failed, skipped: pending, failures })
  process.exitCode = failed === 0 ? 0 : 1
  process.disconnect()
  // Keeps nobody alive: it tells of what does.
  setTimeout(() => {
    process.stderr.write(`still open: ${process.getActiveResourcesInfo().join(', ')}\n`)
  }, STILL_OPEN_MS).unref()
})
runner.on('fail', (test, error: unknown) => {
  const message = error instanceof Error ? error.message : String(error)
  failures.push(`${test.fullTitle()}: ${message.slice(0, MOST_OF_A_MESSAGE)}`)
})
