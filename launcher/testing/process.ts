import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'

/** How a process ended: its exit code, or the signal that ended it. */
export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export interface StartedProcess {
  readonly pid: number
  /** Fulfilled when it has ended; never rejects. */
  readonly exited: Promise<Exit>
  /** Lines of stdout and stderr so far, in the order they came. */
  readonly output: readonly string[]
  kill(signal: NodeJS.Signals): void
  /** SIGKILL if it still runs, and waits for its end. */
  end(): Promise<Exit>
}

/** The uid that containers of an injected pod run as unless the set says otherwise. */
export const podUid = 1337

/**
 * Words before a command that make it run as in a pod under the security profile "restricted": as
 * `uid`, without capabilities, without a way to get any. Nothing when the test itself is not root.
 */
export function restricted(uid: number): readonly string[] {
  if (process.getuid?.() !== 0) return []
  const words = `setpriv --reuid ${uid} --regid ${uid} --clear-groups --bounding-set -all`
  return [...words.split(' '), '--no-new-privs']
}

/** Starts a program; its output is collected, its environment is ours plus `env`. */
export function startProcess(
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): StartedProcess {
  const [program = '', ...rest] = words
  const child = spawn(program, rest, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
    cwd: '/',
  })
  if (child.pid === undefined) throw new Error(`cannot start ${program}`)
  const exited = new Promise<Exit>((resolve) => {
    child.once('close', (code, signal) => {
      resolve({ code, signal })
    })
  })
  return {
    pid: child.pid,
    exited,
    output: collectLines(child),
    kill: (signal) => void child.kill(signal),
    end: () => {
      child.kill('SIGKILL')
      return exited
    },
  }
}

function collectLines(child: ChildProcess): readonly string[] {
  const lines: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    if (stream) createInterface({ input: stream }).on('line', (line) => lines.push(line))
  }
  return lines
}
