import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { LedgerError } from './error.ts'
import { laneDurationMs } from './lane.ts'
import { parseGeneratorOptions, type GeneratorOptions } from './options.ts'
import type { Command, Reply } from './protocol.ts'
import type { Summary } from './summary.ts'

export interface LoadOptions extends GeneratorOptions {
  /** Put before the command, to run it elsewhere: `['nsenter', '--net=/proc/7/ns/net']`. */
  readonly wrap?: readonly string[]
}

export interface StopOptions {
  /** How long to wait for pending requests; the rest is abandoned. Defaults to all their limits. */
  readonly deadlineMs?: number
}

/** A running load, in a process of its own that dies with this one. */
export interface Load {
  readonly pid: number
  /** The numbers so far; the load goes on. */
  snapshot(): Promise<Summary>
  /**
   * Begins a window: what is due from now on is summed up under this name too, until the next
   * mark. Marks of the same name add up, so a run can compare its latency with and without
   * upgrades.
   */
  mark(name: string): Promise<void>
  /** Stops sending, waits for what is pending and returns the final numbers. */
  stop(options?: StopOptions): Promise<Summary>
  /** Ends the process at once and without numbers, for clean-up. Does nothing after `stop`. */
  abort(): void
}

const startDeadlineMs = 20_000
const answerDeadlineMs = 10_000

/**
 * Starts a load and resolves when its process runs and has begun to send. Rejects with
 * LEDGER_PROCESS, or with LEDGER_BAD_OPTION before anything is started.
 *
 * ```ts
 * const load = await startLoad({
 *   targets: { http: [{ host: '10.0.0.7', port: 8080 }] },
 *   lanes: standardProfile({ scale: 0.5 }),
 * })
 * // ... upgrade something ...
 * const { total, losses } = await load.stop()
 * ```
 */
export async function startLoad(options: LoadOptions): Promise<Load> {
  const { wrap = [], ...rest } = options
  const generator = parseGeneratorOptions(rest)
  const main = fileURLToPath(new URL('main.ts', import.meta.url))
  const [program, ...args] = [...wrap, process.execPath, main, '--stdio']
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  const link = new Link(child)
  try {
    await link.started({ command: 'start', options: generator })
  } catch (error) {
    child.kill('SIGKILL')
    throw error
  }
  let stopped: Promise<Summary> | undefined
  // Only the generator knows how long its requests may take, so a stop without a deadline has none
  // here either beyond the longest possible one.
  const longestMs = (options.timeoutMs ?? 8000) + Math.max(0, ...options.lanes.map(laneDurationMs))
  return {
    pid: child.pid ?? 0,
    snapshot: () => link.summary({ command: 'snapshot', id: link.nextId() }, answerDeadlineMs),
    mark: (name) => link.marked({ command: 'mark', id: link.nextId(), name }, answerDeadlineMs),
    stop: ({ deadlineMs } = {}) =>
      (stopped ??= link.summary(
        {
          command: 'stop',
          id: link.nextId(),
          ...(deadlineMs === undefined ? {} : { deadlineMs }),
        },
        (deadlineMs ?? longestMs) + answerDeadlineMs,
      )),
    abort: () => child.kill('SIGKILL'),
  }
}

interface Waiter<T> {
  readonly resolve: (value: T) => void
  readonly reject: (error: LedgerError) => void
}

/** Matches the generator's replies to the commands. */
class Link {
  readonly #child: ChildProcess
  readonly #summaries = new Map<number, Waiter<Summary>>()
  readonly #marks = new Map<number, Waiter<undefined>>()
  #start: Waiter<undefined> | undefined
  #ids = 0
  #dead: LedgerError | undefined

  constructor(child: ChildProcess) {
    this.#child = child
    if (child.stdout !== null) {
      createInterface({ input: child.stdout }).on('line', (line) => {
        // Our own program's words; their shape is its type.
        this.#receive(JSON.parse(line) as Reply)
      })
    }
    // A write to a dead child; its exit says the same and is handled.
    child.stdin?.on('error', () => undefined)
    child.once('error', (error) => {
      this.#fail(`the generator could not be started: ${error.message}`)
    })
    // 'close' comes after the last line of stdout, 'exit' may come before it.
    child.once('close', (code, signal) => {
      this.#fail(`the generator ended with ${signal ?? `exit code ${code ?? -1}`}`)
    })
  }

  nextId(): number {
    this.#ids += 1
    return this.#ids
  }

  started(command: Command): Promise<undefined> {
    return this.#ask(command, startDeadlineMs, (waiter) => (this.#start = waiter))
  }

  summary(command: Command & { readonly id: number }, deadlineMs: number): Promise<Summary> {
    return this.#ask(command, deadlineMs, (waiter) => this.#summaries.set(command.id, waiter))
  }

  marked(command: Command & { readonly id: number }, deadlineMs: number): Promise<undefined> {
    return this.#ask(command, deadlineMs, (waiter) => this.#marks.set(command.id, waiter))
  }

  async #ask<T>(
    command: Command,
    deadlineMs: number,
    register: (waiter: Waiter<T>) => void,
  ): Promise<T> {
    if (this.#dead !== undefined) throw this.#dead
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    register({ resolve, reject })
    const timer = setTimeout(() => {
      reject(failure(`no answer to ${command.command} within ${deadlineMs} ms`))
    }, deadlineMs)
    this.#child.stdin?.write(`${JSON.stringify(command)}\n`)
    try {
      return await promise
    } finally {
      clearTimeout(timer)
    }
  }

  #receive(reply: Reply): void {
    switch (reply.event) {
      case 'started':
        this.#start?.resolve(undefined)
        return
      case 'marked':
        this.#marks.get(reply.id)?.resolve(undefined)
        this.#marks.delete(reply.id)
        return
      case 'summary':
        this.#summaries.get(reply.id)?.resolve(reply.summary)
        this.#summaries.delete(reply.id)
        return
      case 'error':
        this.#fail(reply.message)
    }
  }

  #fail(message: string): void {
    const error = failure(message)
    this.#dead ??= error
    this.#start?.reject(error)
    for (const waiters of [this.#summaries, this.#marks]) {
      for (const waiter of waiters.values()) waiter.reject(error)
      waiters.clear()
    }
  }
}

function failure(message: string): LedgerError {
  return new LedgerError('LEDGER_PROCESS', message)
}
