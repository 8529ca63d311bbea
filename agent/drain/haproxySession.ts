import type { Socket } from 'node:net'
import { createConnection } from 'node:net'

/** Far above what HAProxy needs to answer, far below what anybody would wait for. */
const TIMEOUT_MS = 1000
const ANSWER_MAX_BYTES = 4 * 1024 * 1024
/** Ends every answer in interactive mode, in which a connection is good for many commands. */
const PROMPT = '\n> '

/**
 * A connection to a stats socket in interactive mode. HAProxy does not end as long as one is open;
 * it closes one that asks nothing for 10 s (`stats timeout`).
 */
export class HaproxySession {
  readonly #path: string
  readonly #socket: Socket
  /** The end of the last command: they go one after the other, for answers carry no number. */
  #last: Promise<unknown> = Promise.resolve()

  private constructor(path: string) {
    this.#path = path
    this.#socket = createConnection(path)
    this.#socket.setEncoding('utf8')
    this.#socket.on('error', () => undefined)
    // A peer that has ended has closed: there is nothing to be finished.
    this.#socket.on('end', () => this.#socket.destroy())
  }

  /** Errors: what was asked and what was seen. */
  static async open(path: string): Promise<HaproxySession> {
    const session = new HaproxySession(path)
    await session.ask('prompt')
    return session
  }

  get isOpen(): boolean {
    return !this.#socket.destroyed
  }

  /** The answer without the prompt. An error ends the session. */
  ask(command: string): Promise<string> {
    const answer = this.#last.then(() => this.#exchange(command))
    this.#last = answer.catch(() => undefined)
    return answer
  }

  #exchange(command: string): Promise<string> {
    const socket = this.#socket
    return new Promise((resolve, reject) => {
      let text = ''
      const fail = (cause: Error): void => {
        finish()
        socket.destroy()
        const what = `haproxy's stats socket ${this.#path}, '${command}'`
        reject(new Error(`${what}: ${cause.message}`, { cause }))
      }
      const closed = (): void => {
        fail(new Error('connection closed'))
      }
      const receive = (chunk: string): void => {
        text += chunk
        if (text.endsWith(PROMPT)) {
          finish()
          resolve(text.slice(0, -PROMPT.length))
        } else if (text.length > ANSWER_MAX_BYTES) fail(new Error('the answer is too long'))
      }
      const timer = setTimeout(() => {
        fail(new Error(`no answer within ${TIMEOUT_MS} ms`))
      }, TIMEOUT_MS)
      const finish = (): void => {
        clearTimeout(timer)
        socket.off('data', receive).off('error', fail).off('close', closed)
      }
      if (socket.destroyed) {
        closed()
        return
      }
      socket.on('data', receive).once('error', fail).once('close', closed)
      socket.write(`${command}\n`)
    })
  }
}
