import { spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { duration } from './setup/duration.ts'

interface Check {
  readonly name: string
  readonly argv: readonly [string, ...string[]]
}

const root = resolve(import.meta.dirname, '..')

/** In order: what says most about a mistake comes first. */
const checks: readonly Check[] = [
  { name: 'types', argv: ['tsc', '--project', '.'] },
  { name: 'page types', argv: ['tsc', '--project', 'console/web'] },
  { name: 'lint', argv: ['eslint', '.', '--max-warnings', '0'] },
  { name: 'format', argv: ['prettier', '--check', '--log-level', 'warn', '.'] },
  { name: 'imports', argv: ['depcruise', '--output-type', 'err', '.'] },
  { name: 'dead code', argv: ['knip', '--no-progress'] },
]

const names = process.argv.slice(2)
if (names.some((name) => !checks.some((check) => check.name === name))) {
  console.log(
    'npm run check -- [check ...]\n\nRuns all checks of the sources, or the named ones:\n',
  )
  for (const { name, argv } of checks) console.log(`  ${`"${name}"`.padEnd(12)} ${argv.join(' ')}`)
  process.exit(names.includes('--help') ? 0 : 2)
}

const lines: string[] = []
for (const { name, argv } of checks.filter(
  (check) => names.length === 0 || names.includes(check.name),
)) {
  console.log(`\n== ${name}: ${argv.join(' ')}`)
  const began = performance.now()
  const problem = await run(argv)
  if (problem !== undefined) process.exitCode = 1
  const verdict = problem === undefined ? 'passed' : `FAILED (${problem})`
  lines.push(`  ${name.padEnd(10)} ${duration(performance.now() - began).padStart(6)}  ${verdict}`)
}
console.log(`\nchecks\n${lines.join('\n')}`)

/** Runs a tool on our terminal; resolves to what went wrong, or undefined. */
function run([program, ...args]: Check['argv']): Promise<string | undefined> {
  return new Promise((resolved) => {
    const child = spawn(program, args, { cwd: root, stdio: 'inherit' })
    child.once('error', (error) => {
      resolved(error.message)
    })
    child.once('exit', (code, signal) => {
      resolved(code === 0 ? undefined : (signal ?? `code ${String(code)}`))
    })
  })
}
