import { fork } from 'node:child_process'
import { parseArgs } from 'node:util'
import { readConfig } from '../../build/setup/config.ts'
import { publishEnvoys } from './publicEnvoys.ts'
import { publishProxies } from './publicProxies.ts'
import { formatResults } from './formatResults.ts'
import { startSuite } from './runSuite.ts'
import type { Result, RunningSuite } from './runSuite.ts'
import { suites } from './suites.ts'
import type { Suite } from './suites.ts'

const CHECKS = { name: 'checks', what: 'types, lint, format, structure and dead code' } as const

const HELP = `npm test -- [suite ...] [--grep PATTERN] [--use-existing]

Runs all suites, or the named ones, one after the other (processes beside those before it); the last line is "N passed, N failed".

${[CHECKS, ...suites].map(({ name, what }) => `  ${name.padEnd(10)} ${what}`).join('\n')}

Examples
  npm test
  npm test -- unit processes
  npm test -- e2e --grep rollback
  KUBECONFIG=~/.kube/config npm test -- e2e --use-existing
`

/** The checks are tools of their own; together they count as one test. */
async function runChecks(): Promise<Result> {
  const began = Date.now()
  const child = fork(new URL('../../build/check.ts', import.meta.url))
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve))
  const passed = code === 0 ? 1 : 0
  const seconds = (Date.now() - began) / 1000
  return { suite: CHECKS.name, passed, failed: 1 - passed, seconds, failures: [] }
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
  const { cacheDir } = readConfig(process.env)
  const envoys = publishEnvoys(cacheDir)
  const proxies = publishProxies(cacheDir)
  const environment = {
    ...envoys.environment,
    ...proxies.environment,
    ...(values['use-existing'] ? { BATON_USE_EXISTING: '1' } : {}),
  }
  const running = new Map<string, RunningSuite>()
  try {
    const wanted = suites.filter(isWanted)
    const start = (suite: Suite): RunningSuite =>
      startSuite(suite, { grep: values.grep, environment })
    for (const suite of wanted.filter(({ runsBeside }) => runsBeside)) {
      running.set(suite.name, start(suite))
    }
    if (isWanted(CHECKS)) {
      process.stdout.write(`\n=== ${CHECKS.name}: ${CHECKS.what}\n`)
      results.push(await runChecks())
    }
    for (const suite of wanted) {
      process.stdout.write(`\n=== ${suite.name}: ${suite.what}\n`)
      results.push(await (running.get(suite.name) ?? start(suite)).shown())
    }
  } finally {
    // Whatever went wrong here must not leave them behind.
    for (const suite of running.values()) suite.stop()
    envoys.remove()
    proxies.remove()
  }
  process.stdout.write(formatResults(results))
  const passed = results.reduce((sum, result) => sum + result.passed, 0)
  const failed = results.reduce((sum, result) => sum + result.failed, 0)
  process.stdout.write(`\n${passed} passed, ${failed} failed\n`)
  return failed === 0 ? 0 : 1
}
