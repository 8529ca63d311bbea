import { chmodSync, rmSync } from 'node:fs'
import type { Server, Socket } from 'node:net'
import { createServer } from 'node:net'

export interface HookServerOptions {
  /** Socket in the run directory; the launcher's `ctl` speaks its protocol. */
  readonly path: string
  /** Ends the pod's proxies; called for the line `drain`, which is answered when it is done. */
  readonly onDrain: () => Promise<void>
}

const LINE_MAX_BYTES = 256
const LINE_TIMEOUT_MS = 5000

/**
 * For the preStop hook of a native sidecar: `launcher ctl /baton/run/agent.sock drain`. SIGTERM comes
 * too late there, when the app has gone. A unix socket that only the agent's user may open, since no
 * command comes in over the network.
 */
export async function startHookServer(options: HookServerOptions): Promise<Server> {
  const { path, onDrain } = options
  rmSync(path, { force: true })
  const server = createServer((socket) => {
    serve(socket, onDrain)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, () => {
      server.off('error', reject)
      resolve()
    })
  })
  chmodSync(path, 0o600)
  return server
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
