import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { HELP, parseOptions } from './options.ts'
import type { BenchOptions } from './options.ts'
import { formatPage } from './page.ts'
import type { RolloutDocument } from './row.ts'

const args = process.argv.slice(2)
const options = understand(args)
if (options === undefined) process.exitCode = 2
else if (options.help) process.stdout.write(HELP)
else if (options.page.length > 0) writePage(options.page)
else process.exitCode = await runApart(args)

function understand(given: readonly string[]): BenchOptions | undefined {
  try {
    return parseOptions(given)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    process.stderr.write(`${message}\nSee: npm run bench:rollout -- --help\n`)
    return undefined
  }
}

function writePage(files: readonly string[]): void {
  const documents = files.map((file) => JSON.parse(readFileSync(file, 'utf8')) as RolloutDocument)
  const page = resolve(import.meta.dirname, '../../../docs/rollout-benchmark.md')
  writeFileSync(page, formatPage(documents))
  process.stderr.write(`${page} is written\n`)
}

/**
 * In network and process namespaces of its own: its fixed ports meet nobody else's, and when it
 * ends, however it ends, the kernel ends everything it has started.
 */
async function runApart(given: readonly string[]): Promise<number> {
  if (process.getuid?.() !== 0) {
    process.stderr.write('the benchmark needs root, for namespaces of its own; use sudo -E\n')
    return 1
  }
  const namespaces = ['--net', '--pid', '--mount', '--fork', '--kill-child', '--mount-proc']
  const program = [process.execPath, join(import.meta.dirname, 'run.ts')]
  const child = spawn('unshare', [...namespaces, ...program, ...given], { stdio: 'inherit' })
  const forward = (signal: NodeJS.Signals): void => {
    child.kill(signal)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, forward)
  const [code] = (await once(child, 'exit')) as [number | null]
  return code ?? 1
}
