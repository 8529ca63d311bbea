import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { LedgerError } from './error.ts'
import type { Origin, OriginPorts } from './origin.ts'
import type { Target } from './target.ts'

export interface OriginProcess extends Omit<Origin, 'close'> {
  readonly pid: number
  /** Ends the process; its connections are reset or closed by the kernel. */
  close(): Promise<void>
}

export interface OriginProcessOptions {
  readonly host?: string
  readonly ports?: OriginPorts
  /** Put before the command, to run it elsewhere: `['nsenter', '--net=/proc/7/ns/net']`. */
  readonly wrap?: readonly string[]
}

const startDeadlineMs = 20_000

/**
 * Starts an origin in a process of its own, which dies with this one: beside a load, an origin in
 * the test's process would make every request late. Rejects with LEDGER_PROCESS.
 */
export async function startOriginProcess(
  options: OriginProcessOptions = {},
): Promise<OriginProcess> {
  const { host = '127.0.0.1', ports = {}, wrap = [] } = options
  const main = fileURLToPath(new URL('main.ts', import.meta.url))
  const portArgs = Object.entries(ports).map(([name, port]) => `--${name}-port=${port}`)
  const [program, ...args] = [...wrap, process.execPath, main, 'origin', `--host=${host}`]
  const child = spawn(program, [...args, ...portArgs], { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => {
      resolve()
    })
  })
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const fail = (why: string) => {
    reject(new LedgerError('LEDGER_PROCESS', `the origin could not be started: ${why}`))
  }
  const timer = setTimeout(fail, startDeadlineMs, `no word of it within ${startDeadlineMs} ms`)
  child.once('error', (error) => {
    fail(error.message)
  })
  child.once('exit', (code, signal) => {
    fail(`it ended with ${signal ?? `exit code ${code ?? -1}`}`)
  })
  createInterface({ input: child.stdout }).once('line', resolve)
  try {
    // Our own program's words; their shape is its type.
    const targets = JSON.parse(await promise) as Record<keyof OriginPorts, Target>
    return {
      ...targets,
      pid: child.pid ?? 0,
      close: () => {
        child.kill('SIGTERM')
        return ended
      },
    }
  } catch (error) {
    child.kill('SIGKILL')
    throw error
  } finally {
    clearTimeout(timer)
  }
}
