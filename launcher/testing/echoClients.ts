import { once } from 'node:events'
import { connect } from 'node:net'
import type { Socket } from 'node:net'

/** Clients of an echo server; each is accepted for certain, for it has been answered. */
export interface EchoClients {
  /** How many the server has ended or reset, where the client had not ended it first. */
  readonly cut: () => number
  /** Ends `count` of them from the client's side, and waits until the server has answered that. */
  close(count: number): Promise<void>
  /** Fulfilled when those that are not cut have been answered once more. */
  settled(): Promise<void>
  /** Ends all that are left. */
  end(): void
}

/** Connects `count` clients to a server that gives back what comes. */
export async function echoClients(
  port: number,
  count: number,
  host = '127.0.0.1',
): Promise<EchoClients> {
  const cut = new Set<Socket>()
  const sockets = await Promise.all(
    Array.from({ length: count }, async () => {
      const socket = connect({ port, host })
      socket.on('error', () => undefined) // 'close' follows
      await once(socket, 'connect')
      socket.write('ping')
      await once(socket, 'data')
      socket.on('end', () => cut.add(socket))
      socket.on('close', () => cut.add(socket))
      return socket
    }),
  )
  const close = async (socket: Socket): Promise<void> => {
    socket.removeAllListeners('end').removeAllListeners('close')
    const closed = once(socket, 'close')
    socket.end()
    await closed
  }
  return {
    cut: () => cut.size,
    close: async (some) => {
      await Promise.all(sockets.splice(0, some).map(close))
    },
    settled: async () => {
      await Promise.all(
        sockets.map(async (socket) => {
          if (cut.has(socket)) return
          socket.write('ping')
          await Promise.race([once(socket, 'data'), once(socket, 'close')])
        }),
      )
    },
    end: () => {
      for (const socket of sockets) socket.destroy()
    },
  }
}
