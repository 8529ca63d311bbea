import { createServer } from 'node:net'
import type { Server } from 'node:net'
import type { Activity } from './activity.ts'

/** Sends back on every TCP connection what comes in, until the other side ends it. */
export function createEchoServer(activity: Activity): Server {
  return createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    socket.once('close', activity.begin())
    // A connection that breaks is the client's loss; it counts what did not come back.
    socket.on('error', () => socket.destroy())
    socket.pipe(socket)
  })
}
