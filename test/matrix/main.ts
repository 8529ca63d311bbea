import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { readConfig } from '../../build/setup/config.ts'
import { allProxies } from '../proxies/all.ts'
import type { Proxy } from '../proxies/proxy.ts'
import { publishEnvoys } from '../runner/publicEnvoys.ts'
import { publishProxies } from '../runner/publicProxies.ts'
import { thisMachine } from './machine.ts'
import type { MatrixOptions } from './options.ts'
import { HELP, parseOptions } from './options.ts'
import { formatPage } from './page.ts'
import type { Results } from './results.ts'
import { addRun, readResults, writeResults } from './results.ts'
import { runOne } from './runOne.ts'
import { formatRun, formatRuns } from './table.ts'
import { problemOf } from './verdict.ts'

const root = resolve(import.meta.dirname, '../..')
const RESULTS = join(root, 'dist/handover-matrix.json')
const PAGE = join(root, 'docs/handover-matrix.md')

/** Between two upgrades, to see latency without them. */
const QUIET_MS = 5000

const options = parseOptions(process.argv.slice(2))
if (options.help) {
  process.stdout.write(HELP)
  process.exit(0)
}
const log = (line: string): void => {
  process.stderr.write(`${line}\n`)
}
const { cacheDir } = readConfig(process.env)
const shown = [publishEnvoys(cacheDir), publishProxies(cacheDir)]
for (const { environment } of shown) Object.assign(process.env, environment)
process.once('exit', () => {
  for (const one of shown) one.remove()
})
for (const [signal, number] of [
  ['SIGINT', 2],
  ['SIGTERM', 15],
] as const) {
  // The exit hook takes away what is shown; the runs so far are in the file.
  process.once(signal, () => process.exit(128 + number))
}

const results = options.reportOnly ? kept(options) : await runMatrix(options)
if (options.only.length === 0 && options.methods.length === 3) {
  writeFileSync(PAGE, formatPage(results, thisMachine()))
  log(`written: ${PAGE}`)
}
process.stdout.write(
  options.json ? `${JSON.stringify(results, null, 2)}\n` : `${formatRuns(results.runs)}\n`,
)
const problems = results.runs.flatMap((run) => {
  const problem = problemOf(run)
  return problem === undefined ? [] : [`${run.proxy}, ${run.method}: ${problem}`]
})
for (const problem of problems) log(problem)
process.exitCode = problems.length === 0 ? 0 : 1

function kept({ requests, perSecond, upgrades }: MatrixOptions): Results {
  return readResults(RESULTS) ?? { v: 1, asked: { requests, perSecond, upgrades }, runs: [] }
}

/** Every wanted run, one after the other; each is written as soon as it has ended. */
async function runMatrix(wanted: MatrixOptions): Promise<Results> {
  const { requests, perSecond, upgrades, methods } = wanted
  const asked = { requests, perSecond, upgrades }
  let done: Results = wanted.resume ? kept(wanted) : { v: 1, asked, runs: [] }
  // A part of the matrix does not take the place of the whole one.
  const partial = wanted.only.length > 0
  for (const proxy of wantedProxies(wanted)) {
    const only = wanted.only.flatMap((one) => (one.proxy === proxy.name ? (one.client ?? []) : []))
    for (const method of methods) {
      const earlier = done.runs.find((run) => run.proxy === proxy.name && run.method === method)
      if (earlier !== undefined && problemOf(earlier) === undefined) continue
      log(`\n${proxy.name}, ${method}: ${proxy.versions.a} and ${proxy.versions.b}`)
      const order = {
        ...{ proxy: proxy.name, method, ...asked, quietMs: QUIET_MS },
        ...(only.length > 0 ? { only } : {}),
      }
      const run = await runOne(proxy, order, log)
      done = addRun(done, run)
      if (!partial) writeResults(RESULTS, done)
      log(formatRun(run))
    }
  }
  return done
}

function wantedProxies({ only }: MatrixOptions): readonly Proxy[] {
  const proxies = allProxies()
  const names = proxies.map(({ name }) => name)
  const unknown = only.filter(({ proxy }) => !names.includes(proxy))
  if (unknown.length > 0)
    throw new TypeError(
      `--only: no proxy is called ${unknown.map(({ proxy }) => proxy).join(', ')}; ` +
        `use one of ${names.join(', ')}`,
    )
  return only.length === 0
    ? proxies
    : proxies.filter(({ name }) => only.some(({ proxy }) => proxy === name))
}
