import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseCommandLine } from './commandLine.ts'
import { readConfig } from './config.ts'
import { describe } from './error.ts'
import { setUp } from './setup.ts'

const root = resolve(import.meta.dirname, '../..')
const interruptedCode = 130

try {
  const program = await prepare(process.argv.slice(2))
  if (program !== undefined) {
    // In this process: one less between the terminal's signals and the program.
    process.argv.splice(1, Infinity, program.path, ...program.args)
    await import(pathToFileURL(program.path).href)
  }
} catch (error) {
  console.error(describe(error))
  process.exitCode ??= 1
}

/** Sets up what the command needs; answers the program to run then, if there is one. */
async function prepare(
  argv: readonly string[],
): Promise<{ path: string; args: readonly string[] } | undefined> {
  const command = parseCommandLine(argv)
  const interruption = new AbortController()
  const interrupt = (): void => {
    interruption.abort(new Error('interrupted'))
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, interrupt)
  const { ok, results, timings } = await setUp({
    root,
    config: readConfig(process.env),
    parts: command.parts,
    signal: interruption.signal,
    terminal: process.stderr,
    alwaysSummarize: command.name === 'setup',
  })
  for (const signal of signals) process.off(signal, interrupt)
  if (command.name === 'setup' && command.args.includes('--json'))
    console.log(JSON.stringify({ ...timings, results }, null, 2))
  if (!ok) {
    process.exitCode = interruption.signal.aborted ? interruptedCode : 1
    return undefined
  }
  if (command.program === undefined) return undefined
  return { path: resolve(root, command.program), args: command.args }
}
