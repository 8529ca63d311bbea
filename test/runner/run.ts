import { fork } from 'node:child_process'
import { parseArgs } from 'node:util'
import { number, object } from '../../api/decode.ts'
import { readConfig } from '../../build/setup/config.ts'
import { publishEnvoys } from './publicEnvoys.ts'
import { publishProxies } from './publicProxies.ts'
import { suites } from './suites.ts'
import type { Suite } from './suites.ts'

const CHECKS = { name: 'checks', what: 'types, lint, format, structure and dead code' } as const

const HELP = `npm test -- [suite ...] [--grep PATTERN] [--use-existing]

Runs all suites, or the named ones, one after the other; the last line is "N passed, N failed".

${[CHECKS, ...suites].map(({ name, what }) => `  ${name.padEnd(10)} ${what}`).join('\n')}

Examples
  npm test
  npm test -- unit processes
  npm test -- e2e --grep rollback
  KUBECONFIG=~/.kube/config npm test -- e2e --use-existing
`

/** A suite that neither ends nor fails by itself is ended after this time. */
const SUITE_DEADLINE_MS = 45 * 60_000
/** A suite that has told its counts has this long to end: open handles are leaks. */
const LEAK_DEADLINE_MS = 15_000

interface Result {
  readonly suite: string
  readonly passed: number
  readonly failed: number
  readonly seconds: number
  readonly problem?: string
}

const counts = object({ passed: number, failed: number, skipped: number })

interface RunOptions {
  readonly grep: string | undefined
  /** What test support reads: where the real proxies are, and the choice of cluster. */
  readonly environment: Readonly<Record<string, string>>
}

async function runSuite(suite: Suite, { grep, environment }: RunOptions): Promise<Result> {
  const began = Date.now()
  const child = fork(
    new URL('suite.ts', import.meta.url),
    [suite.name, ...(grep === undefined ? [] : ['--grep', grep])],
    { env: { ...process.env, ...environment } },
  )
  let told: ReturnType<typeof counts> | undefined
  let problem: string | undefined
  const end = (why: string): void => {
    problem = why
    child.kill('SIGKILL')
  }
  const deadline = setTimeout(() => {
    end(`did not end within ${SUITE_DEADLINE_MS / 60_000} minutes`)
  }, SUITE_DEADLINE_MS)
  let leak: NodeJS.Timeout | undefined
  const interrupt = (): void => {
    child.kill('SIGINT')
  }
  process.once('SIGINT', interrupt)
  child.on('message', (message) => {
    told = counts(message, 'counts')
    leak = setTimeout(() => {
      end(`left handles open: it did not end ${LEAK_DEADLINE_MS / 1000} s after its last test`)
    }, LEAK_DEADLINE_MS)
  })
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve))
  clearTimeout(deadline)
  clearTimeout(leak)
  process.removeListener('SIGINT', interrupt)
  if (told === undefined) problem ??= `ended with code ${String(code)} before its tests did`
  const failed = (told?.failed ?? 0) + (problem === undefined ? 0 : 1)
  return {
    suite: suite.name,
    passed: told?.passed ?? 0,
    // A suite that ran nothing proves nothing, unless the pattern was meant for another one.
    failed: failed === 0 && told?.passed === 0 && grep === undefined ? 1 : failed,
    seconds: (Date.now() - began) / 1000,
    ...(problem === undefined ? {} : { problem }),
  }
}

/** The checks are tools of their own; together they count as one test. */
async function runChecks(): Promise<Result> {
  const began = Date.now()
  const child = fork(new URL('../../build/check.ts', import.meta.url))
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve))
  const passed = code === 0 ? 1 : 0
  return { suite: CHECKS.name, passed, failed: 1 - passed, seconds: (Date.now() - began) / 1000 }
}

/** Runs the suites that the arguments name. Resolves to the exit code. */
export async function runTests(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      help: { type: 'boolean', short: 'h' },
      grep: { type: 'string' },
      'use-existing': { type: 'boolean', default: false },
    },
  })
  if (values.help === true) {
    process.stdout.write(HELP)
    return 0
  }
  const known: readonly string[] = [CHECKS.name, ...suites.map(({ name }) => name)]
  const unknown = positionals.filter((name) => !known.includes(name))
  if (unknown.length > 0) {
    process.stderr.write(`no suite is called ${unknown.join(', ')}\n\n${HELP}`)
    return 2
  }
  const isWanted = ({ name }: { readonly name: string }): boolean =>
    positionals.length === 0
      ? values.grep === undefined || name !== CHECKS.name
      : positionals.includes(name)
  const results: Result[] = []
  if (isWanted(CHECKS)) {
    process.stdout.write(`\n=== ${CHECKS.name}: ${CHECKS.what}\n`)
    results.push(await runChecks())
  }
  const { cacheDir } = readConfig(process.env)
  const envoys = publishEnvoys(cacheDir)
  const proxies = publishProxies(cacheDir)
  const environment = {
    ...envoys.environment,
    ...proxies.environment,
    ...(values['use-existing'] ? { BATON_USE_EXISTING: '1' } : {}),
  }
  try {
    for (const suite of suites.filter(isWanted)) {
      process.stdout.write(`\n=== ${suite.name}: ${suite.what}\n`)
      results.push(await runSuite(suite, { grep: values.grep, environment }))
    }
  } finally {
    envoys.remove()
    proxies.remove()
  }
  process.stdout.write('\n')
  for (const { suite, passed, failed, seconds, problem } of results) {
    const note = problem === undefined ? '' : `  (${problem})`
    process.stdout.write(
      `${suite.padEnd(10)} ${passed} passed, ${failed} failed in ${seconds.toFixed(0)} s${note}\n`,
    )
  }
  const passed = results.reduce((sum, result) => sum + result.passed, 0)
  const failed = results.reduce((sum, result) => sum + result.failed, 0)
  process.stdout.write(`\n${passed} passed, ${failed} failed\n`)
  return failed === 0 ? 0 : 1
}
