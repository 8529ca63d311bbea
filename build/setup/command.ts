import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { SetupError } from './error.ts'

export interface CommandOptions {
  readonly signal: AbortSignal
  /** Called with each line of the command's output, for progress. */
  readonly onLine?: (line: string) => void
  /** What to do when it fails and its output does not tell. */
  readonly remedy: string
}

const keptLines = 15

/**
 * Runs a command to its end and answers its standard output.
 *
 * The command leads a process group of its own, which is ended as a whole when the signal is aborted:
 * compilers and package managers have children. Throws a SetupError with its last lines when the
 * command cannot be started or does not end with 0.
 */
export async function runCommand(
  argv: readonly string[],
  options: CommandOptions,
): Promise<string> {
  const { signal, onLine, remedy } = options
  const [program = '', ...args] = argv
  const tried = argv.join(' ')
  signal.throwIfAborted()
  const child = spawn(program, args, {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const end = (): void => {
    if (child.pid !== undefined) killGroup(child.pid)
  }
  signal.addEventListener('abort', end, { once: true })
  const last: string[] = []
  let output = ''
  const read = async (stream: Readable, keep: boolean): Promise<void> => {
    for await (const line of createInterface({ input: stream })) {
      if (keep) output += `${line}\n`
      last.push(line)
      if (last.length > keptLines) last.shift()
      onLine?.(line)
    }
  }
  try {
    const ended = new Promise<string | undefined>((resolve) => {
      child.once('error', (error) => {
        resolve(error.message)
      })
      child.once('close', (code, killedBy) => {
        resolve(code === 0 ? undefined : `ended with ${killedBy ?? `code ${String(code)}`}`)
      })
    })
    const [failure] = await Promise.all([
      ended,
      read(child.stdout, true),
      read(child.stderr, false),
    ])
    if (failure === undefined) return output
    signal.throwIfAborted()
    throw explain(tried, `${failure}\n${last.join('\n')}`, remedy)
  } finally {
    signal.removeEventListener('abort', end)
  }
}

const networkSymptoms =
  /could not resolve|temporary failure|name resolution|no such host|network is unreachable|i\/o timeout|connection refused|connection timed out|failed to fetch/i
const diskSymptoms = /no space left on device|ENOSPC/i

/** A SetupError for a failed command; recognizes the two causes that are not the command's fault. */
export function explain(tried: string, seen: string, remedy: string): SetupError {
  if (diskSymptoms.test(seen))
    return new SetupError({
      code: 'DiskFull',
      tried,
      seen,
      remedy:
        'Free some space (df -h), or set BATON_CACHE to a folder on a bigger disk; then run it again.',
    })
  if (networkSymptoms.test(seen))
    return new SetupError({
      code: 'NoNetwork',
      tried,
      seen,
      remedy: `Check the network, the proxy settings and the package mirror, then run it again. ${remedy}`,
    })
  return new SetupError({ code: 'CommandFailed', tried, seen, remedy })
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGTERM')
  } catch {
    // It ended by itself in the meantime.
  }
}
