import { spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { text } from 'node:stream/consumers'
import { readConfig } from './config.ts'
import { ClusterError } from './errors.ts'

export interface RunOptions {
  /** The program is killed after this time. Defaults to 30 s. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal | undefined
  /** What the program reads from its standard input. Defaults to nothing. */
  readonly input?: string | Readable
  readonly env?: Readonly<Record<string, string>>
  readonly workingDir?: string
}

export interface RunResult {
  readonly stdout: string
  readonly stderr: string
}

/**
 * Runs a program to its end and answers what it printed.
 *
 * Throws a ClusterError `CommandFailed` with the last lines of its standard error when it cannot be
 * started, ends with another code than 0, or is killed because of the deadline or the signal.
 */
export async function run(argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const { timeoutMs = 30_000, signal, input, env, workingDir } = options
  const [program, ...args] = argv
  if (program === undefined) throw new TypeError('run needs the name of a program')
  signal?.throwIfAborted()
  const child = spawn(program, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...readConfig().environment, ...env },
    // A process group of its own, to kill it with all its children: one that is left would hold the
    // pipes, and with them us.
    detached: true,
    ...(workingDir === undefined ? {} : { cwd: workingDir }),
  })
  const deadline = AbortSignal.timeout(timeoutMs)
  const either = signal === undefined ? deadline : AbortSignal.any([deadline, signal])
  const stop = () => {
    if (child.pid !== undefined) killGroup(child.pid)
  }
  either.addEventListener('abort', stop, { once: true })
  const ended = new Promise<string | undefined>((resolve) => {
    child.once('error', (error) => {
      resolve(`cannot be started: ${error.message}`)
    })
    child.once('close', (code, killedBy) => {
      if (code === 0) resolve(undefined)
      else if (deadline.aborted) resolve(`was not done after ${timeoutMs} ms`)
      else resolve(`ended with ${killedBy ?? `code ${String(code)}`}`)
    })
  })
  const [stdout, stderr, failure] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    ended,
    feed(input, child.stdin),
  ])
  either.removeEventListener('abort', stop)
  if (failure === undefined) return { stdout, stderr }
  signal?.throwIfAborted()
  const lines = `${stderr}\n${stdout}`.trim().split('\n').slice(-12).join('\n')
  throw new ClusterError('CommandFailed', `'${argv.join(' ')}' ${failure}\n${lines}`.trim())
}

async function feed(input: string | Readable | undefined, stdin: Writable) {
  // A program that ends without reading breaks the pipe; its exit code tells more than that error.
  stdin.on('error', () => undefined)
  if (input === undefined || typeof input === 'string') stdin.end(input)
  else await pipeline(input, stdin).catch(() => undefined)
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It ended in this moment.
  }
}
