import { createConnection } from 'node:net'
import type { LauncherStatus } from './protocol.ts'
import { parseAnswer } from './protocol.ts'

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
 * without any state here. All errors are {@link LauncherUnreachable}, LauncherRefused or DecodeError.
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

  /** SIGTERM now, SIGKILL after `graceMs`; answered at once. */
  stop(graceMs: number): Promise<LauncherStatus> {
    return this.#ask(`stop ${Math.round(graceMs)}`)
  }

  /** @param name such as TERM or SIGQUIT */
  signal(name: string): Promise<LauncherStatus> {
    return this.#ask(`signal ${name}`)
  }

  async #ask(request: string): Promise<LauncherStatus> {
    return parseAnswer(await askLine(this.#path, request), request)
  }
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
