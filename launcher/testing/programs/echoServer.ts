// Stands for a proxy whose connections are counted: gives back what comes. What SIGTERM does:
//   exit     it ends at once, whatever is open
//   default  it is killed
//   drain    it accepts no more, and ends when its clients have closed the last connection
//   close    it closes all connections, then ends
//   ignore   nothing
//   node echoServer.ts exit HOST:PORT...
import { createServer } from 'node:net'
import type { Socket } from 'node:net'

const [end = '', ...addresses] = process.argv.slice(2)
const open = new Set<Socket>()

const servers = addresses.map((address) => {
  const colon = address.lastIndexOf(':')
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    open.add(socket)
    socket.on('close', () => open.delete(socket))
    socket.on('error', () => undefined)
    socket.on('data', (data) => socket.write(data))
    // A client that says "more" and ends its side gets no end: the rest of the answer takes long.
    socket.on('end', () => {
      if (!lasting.has(socket)) socket.end()
    })
    socket.on('data', (data) => {
      if (data.toString() === 'more') lasting.add(socket)
    })
  })
  return server.listen({ host: address.slice(0, colon), port: Number(address.slice(colon + 1)) })
})
const lasting = new WeakSet<Socket>()

const ends: Readonly<Record<string, () => void>> = {
  exit: () => process.exit(0),
  drain: () => {
    for (const server of servers) server.close()
  },
  close: () => {
    for (const socket of open) socket.destroy()
    setImmediate(() => process.exit(0))
  },
  ignore: () => undefined,
}
const onTerm = ends[end]
if (onTerm !== undefined) process.on('SIGTERM', onTerm)
