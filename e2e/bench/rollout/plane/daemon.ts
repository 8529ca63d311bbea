import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'

/** A program that runs until it is stopped; what it prints is in a file. */
export interface Daemon {
  readonly name: string
  readonly pid: number
  /** The end of what it printed, for the message when something goes wrong. */
  lastLines(): string
  /** Undefined while it runs. */
  ended(): string | undefined
  /** At once: nothing that it has is needed any more. */
  stop(): Promise<void>
}

export function startDaemon(
  name: string,
  argv: readonly string[],
  logFile: string,
  environment: Readonly<Record<string, string>> = {},
): Daemon {
  const [program = '', ...args] = argv
  const log = openSync(logFile, 'w')
  const child: ChildProcess = spawn(program, args, {
    stdio: ['ignore', log, log],
    env: { PATH: process.env['PATH'] ?? '', HOME: '/root', ...environment },
  })
  closeSync(log)
  if (child.pid === undefined) throw new Error(`${name} could not be started: ${program}`)
  const { pid } = child
  const isOver = (): boolean => child.exitCode !== null || child.signalCode !== null
  return {
    name,
    pid,
    lastLines: () => readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-8).join('\n'),
    ended: () =>
      isOver() ? `${name} ended with ${child.signalCode ?? String(child.exitCode)}` : undefined,
    stop: async () => {
      if (isOver()) return
      const closed = once(child, 'exit')
      child.kill('SIGKILL')
      await closed
    },
  }
}
