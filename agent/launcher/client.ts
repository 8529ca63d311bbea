import { createConnection } from 'node:net'
import { execLine } from './execLine.ts'
import type {
  Execution,
  HeldListener,
  LauncherConnections,
  LauncherStatus,
  Pulse,
} from './protocol.ts'
import {
  parseConnections,
  parseDone,
  parseExec,
  parseExecuted,
  parseHeld,
  parsePulse,
  parseStatus,
} from './protocol.ts'

/** No launcher answers at the control socket: `gone` = nobody is there, else it is silent. */
export class LauncherUnreachable extends Error {
  readonly code = 'BATON_LAUNCHER_UNREACHABLE'
  readonly gone: boolean

  constructor(path: string, gone: boolean, cause: unknown) {
    super(`no launcher answers at ${path}`, { cause })
    this.name = 'LauncherUnreachable'
    this.gone = gone
  }
}

/** Far above what a launcher needs, far below what anybody would wait for. */
const ANSWER_TIMEOUT_MS = 1000
const ANSWER_MAX_BYTES = 64 * 1024

/**
 * Commands to one slot's launcher, one connection each: a launcher that restarts is then met anew
 * without any state here. All errors are {@link LauncherUnreachable}, LauncherRefused or DecodeError,
 * and RangeError for a command that no line can hold.
 */
export class LauncherClient {
  readonly #path: string

  constructor(path: string) {
    this.#path = path
  }

  status(): Promise<LauncherStatus> {
    return this.#ask('status')
  }

  start(): Promise<LauncherStatus> {
    return this.#ask('start')
  }

  /** The signal now, SIGKILL after `graceMs`; answered at once. */
  stop(graceMs: number, signal = 'TERM'): Promise<LauncherStatus> {
    return this.#ask(`stop ${Math.round(graceMs)}${signalWord(signal)}`)
  }

  /**
   * Sets the running child aside and starts another one on the same listeners.
   * Refused while none runs, one is set aside already, or the launcher is terminating.
   */
  replace(): Promise<LauncherStatus> {
    return this.#ask('replace')
  }

  /** `stop` for the child that was set aside. */
  stopAside(graceMs: number, signal = 'TERM'): Promise<LauncherStatus> {
    return this.#ask(`stop-aside ${Math.round(graceMs)}${signalWord(signal)}`)
  }

  /** @param name such as TERM or SIGQUIT */
  signal(name: string): Promise<LauncherStatus> {
    return this.#ask(`signal ${name}`)
  }

  /** What is open on connections that the child and the one set aside took from held listeners. */
  async connections(): Promise<LauncherConnections> {
    return parseConnections(await askLine(this.#path, 'connections'), 'connections')
  }

  /** Listeners that the pod holds, with what waits at each. */
  async list(): Promise<readonly HeldListener[]> {
    return parseHeld(await askLine(this.#path, 'list'), 'list').held
  }

  /** Whether what runs in the slot does anything. Refused by launchers from before it. */
  async pulse(): Promise<Pulse> {
    return parsePulse(await askLine(this.#path, 'pulse'), 'pulse')
  }

  /** All copies of a held listener in the pod are closed. Refused when it is not held. */
  async drop(address: string): Promise<void> {
    const request = `drop ${address}`
    parseDone(await askLine(this.#path, request), request)
  }

  /**
   * Starts a program in the slot's container. The id to ask {@link executed} for its end with; the
   * launcher remembers the last few only.
   */
  async exec(timeoutMs: number, command: readonly string[]): Promise<number> {
    const request = execLine(timeoutMs, command)
    return parseExec(await askLine(this.#path, request), request).exec
  }

  async executed(id: number): Promise<Execution> {
    const request = `executed ${id}`
    return parseExecuted(await askLine(this.#path, request), request)
  }

  async #ask(request: string): Promise<LauncherStatus> {
    return parseStatus(await askLine(this.#path, request), request)
  }
}

/** Nothing for TERM: launchers from before other signals take a grace only. */
function signalWord(signal: string): string {
  return signal === 'TERM' || signal === 'SIGTERM' ? '' : ` ${signal}`
}

function askLine(path: string, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(path)
    let text = ''
    const fail = (gone: boolean, cause: unknown): void => {
      socket.destroy()
      reject(new LauncherUnreachable(path, gone, cause))
    }
    // A limit of the whole exchange: socket timeouts begin anew with every byte.
    const timer = setTimeout(() => {
      fail(false, new Error(`no answer within ${ANSWER_TIMEOUT_MS} ms`))
    }, ANSWER_TIMEOUT_MS)
    socket.setEncoding('utf8')
    socket.once('connect', () => socket.write(`${request}\n`))
    socket.on('data', (chunk: string) => {
      text += chunk
      const end = text.indexOf('\n')
      if (end >= 0) {
        socket.destroy()
        resolve(text.slice(0, end))
      } else if (text.length > ANSWER_MAX_BYTES) {
        fail(false, new Error('answer without an end'))
      }
    })
    socket.once('error', (error) => {
      fail(true, error)
    })
    socket.once('close', () => {
      clearTimeout(timer)
      fail(true, new Error('connection closed'))
    })
  })
}
