import { connect, type NetConnectOpts, type Socket } from 'node:net'
import type { Outcome } from './outcome.ts'
import { formatTarget, type Target } from './target.ts'

export type ConnectionState = 'connecting' | 'open' | 'closed'

/** How a connection ended. `code` is the error's, or EOF. */
export interface ConnectionEnd {
  readonly code: string
  /** False when it never got as far as a connection. */
  readonly wasOpen: boolean
}

export interface ConnectionHandler {
  opened?(): void
  /** The bytes are valid during the call only. */
  data(bytes: Buffer): void
  ended(end: ConnectionEnd): void
}

/**
 * All sockets read into this one buffer: data handlers are synchronous, and an allocation per
 * socket would be a good part of the cost of a short connection.
 */
const readBuffer = Buffer.allocUnsafe(64 * 1024)

const ignore: ConnectionHandler = { data: () => undefined, ended: () => undefined }

/** A TCP connection that says plainly how it ended, and whose handler can change with its use. */
export class Connection {
  readonly socket: Socket
  readonly target: string
  /** Requests sent on it so far. */
  requests = 0
  handler: ConnectionHandler = ignore
  #state: ConnectionState = 'connecting'
  #connectMs: number | undefined
  readonly #now: () => number
  readonly #startedMs: number
  #openedMs = 0

  constructor(target: Target, options: NetConnectOpts, now: () => number) {
    this.target = formatTarget(target)
    this.#now = now
    this.#startedMs = now()
    this.socket = connect({
      ...options,
      allowHalfOpen: true,
      onread: {
        buffer: readBuffer,
        callback: (size) => {
          this.handler.data(readBuffer.subarray(0, size))
          return true
        },
      },
    })
    this.socket.once('connect', () => {
      this.#state = 'open'
      this.#openedMs = this.#now()
      this.#connectMs = this.#openedMs - this.#startedMs
      this.handler.opened?.()
    })
    this.socket.once('end', () => {
      this.#finish('EOF')
    })
    // More than one error can come (a write that fails after a reset): all but the first are noise.
    this.socket.on('error', (error: NodeJS.ErrnoException) => {
      this.#finish(error.code ?? error.message)
    })
  }

  get state(): ConnectionState {
    return this.#state
  }

  /** Undefined until connected. */
  get connectMs(): number | undefined {
    return this.#connectMs
  }

  get ageMs(): number {
    return this.#state === 'open' ? this.#now() - this.#openedMs : 0
  }

  write(data: string | Uint8Array): void {
    if (typeof data === 'string') this.socket.write(data, 'latin1')
    else this.socket.write(data)
  }

  /** Closes at once; the handler hears nothing more. */
  destroy(): void {
    this.#state = 'closed'
    this.handler = ignore
    this.socket.destroy()
  }

  /**
   * Lets the peer close first, so that TIME_WAIT is not ours (500 a second would use up one
   * address's ports within a minute), and closes after `limitMs` if it does not.
   */
  linger(limitMs: number): void {
    const timer = setTimeout(() => {
      this.destroy()
    }, limitMs)
    this.handler = {
      data: () => undefined,
      ended: () => {
        clearTimeout(timer)
      },
    }
  }

  #finish(code: string): void {
    if (this.#state === 'closed') return
    const wasOpen = this.#state === 'open'
    const handler = this.handler
    this.destroy()
    handler.ended({ code, wasOpen })
  }
}

/** Errors of this machine, not of the target. */
const localErrors: ReadonlySet<string> = new Set([
  'EADDRNOTAVAIL',
  'EADDRINUSE',
  'EMFILE',
  'ENFILE',
  'ENOBUFS',
  'ENOMEM',
  'EACCES',
  'EPERM',
  'EINVAL',
])

/** The outcome of a request whose connection ended before a byte of the response had come. */
export function outcomeOfEnd(end: ConnectionEnd): Outcome {
  if (end.wasOpen) return end.code === 'EOF' ? 'eofBeforeResponse' : 'resetBeforeResponse'
  if (end.code === 'ETIMEDOUT') return 'connectTimeout'
  return localErrors.has(end.code) ? 'clientError' : 'refused'
}
