import { chmodSync, rmSync, statSync } from 'node:fs'
import { once } from 'node:events'
import type { Server, Socket } from 'node:net'
import { createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from './log.ts'

export interface HookServerOptions {
  /** Socket in the run directory; the launcher's `ctl` speaks its protocol. */
  readonly path: string
  /** Ends the pod's proxies; called for the line `drain`, which is answered when it is done. */
  readonly onDrain: () => Promise<void>
  readonly log: Logger
}

const LINE_MAX_BYTES = 256
const LINE_TIMEOUT_MS = 5000
const CHECK_MS = 1000

/**
 * For the preStop hook of a native sidecar: `launcher ctl /baton/run/agent.sock drain`. SIGTERM comes
 * too late there, when the app has gone. A unix socket that only the agent's user may open, since no
 * command comes in over the network.
 */
export class HookServer {
  readonly #options: HookServerOptions
  #server: Server | null = null
  /** Of the socket file: another number there is another file. */
  #inode = 0
  #failing = false

  constructor(options: HookServerOptions) {
    this.#options = options
  }

  /** Keeps the socket there until aborted: the volume may be full, or somebody may empty it. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      if (!this.#isThere()) await this.#listen()
      // Rejects when aborted, which is the end.
      await delay(CHECK_MS, undefined, { signal }).catch(() => undefined)
    }
    this.#server?.close()
  }

  #isThere(): boolean {
    const found = statSync(this.#options.path, { throwIfNoEntry: false })
    return this.#server !== null && found?.ino === this.#inode
  }

  async #listen(): Promise<void> {
    const { path, onDrain, log } = this.#options
    this.#server?.close()
    this.#server = null
    const server = createServer((socket) => {
      serve(socket, onDrain)
    })
    try {
      rmSync(path, { force: true })
      server.listen(path)
      await once(server, 'listening')
      chmodSync(path, 0o600)
      this.#inode = statSync(path).ino
      this.#server = server
      if (this.#failing) log.info('hook socket is there again', { path })
      this.#failing = false
    } catch (error) {
      server.close()
      if (!this.#failing) log.error('hook socket not made, tried again', { path, error })
      this.#failing = true
    }
  }
}

function serve(socket: Socket, onDrain: () => Promise<void>): void {
  let text = ''
  const answer = (line: string): void => {
    socket.end(`${line}\n`)
  }
  socket.setEncoding('utf8')
  socket.setTimeout(LINE_TIMEOUT_MS, () => {
    socket.destroy()
  })
  socket.on('error', () => undefined)
  socket.on('data', (chunk: string) => {
    text += chunk
    if (text.length > LINE_MAX_BYTES) socket.destroy()
    if (!text.includes('\n')) return
    socket.setTimeout(0)
    socket.removeAllListeners('data')
    const command = text.trim()
    if (command !== 'drain') {
      answer(JSON.stringify({ ok: false, error: `unknown command '${command}'` }))
      return
    }
    onDrain().then(
      () => {
        answer('{"ok":true,"v":1}')
      },
      () => {
        answer('{"ok":false,"error":"drain failed, see the log"}')
      },
    )
  })
}
