/**
 * An ordinary Node server that knows how to leave: on SIGTERM it accepts nothing more, asks clients
 * to go with their next answer, and ends with its last connection.
 *
 *   node server.ts VERSION HTTP_PORT HTTP2_PORT TCP_PORT DUBBO_PORT
 */
import { createServer as createHttpServer } from 'node:http'
import { constants, createServer as createHttp2Server } from 'node:http2'
import type { ServerHttp2Session } from 'node:http2'
import { createServer, Server } from 'node:net'
import { echoDubbo } from '../../ledger/originDubbo.ts'
import { answer } from '../../ledger/originHttp.ts'
import { answerStream } from '../../ledger/originStream.ts'
import { echoWebsocket } from '../../ledger/originWebsocket.ts'

const [version = '', ...ports] = process.argv.slice(2)
const [httpPort, http2Port, tcpPort, dubboPort] = ports.map(Number)
const backlog = 4096
const highestStream = 2 ** 31 - 1
let leaving = false

const http = createHttpServer({ keepAliveTimeout: 0, requestTimeout: 0 }, (request, response) => {
  response.setHeader('x-version', version)
  if (leaving) response.setHeader('connection', 'close')
  answer(request, response)
})
http.on('upgrade', echoWebsocket)

const sessions = new Set<ServerHttp2Session>()
const http2 = createHttp2Server()
http2.on('session', (session) => {
  sessions.add(session)
  session.once('close', () => sessions.delete(session))
  session.on('error', () => undefined)
  if (leaving) dismiss(session)
})
http2.on('stream', answerStream)

const ignore = (): void => undefined
const tcp = createServer({ noDelay: true }, (socket) => {
  socket.on('error', ignore)
  socket.pipe(socket)
})
const dubbo = createServer({ noDelay: true }, (socket) => {
  socket.on('error', ignore)
  echoDubbo(socket)
})

http.listen(httpPort, '0.0.0.0', backlog)
http2.listen(http2Port, '0.0.0.0', backlog)
tcp.listen(tcpPort, '0.0.0.0', backlog)
dubbo.listen(dubboPort, '0.0.0.0', backlog)

/**
 * A GOAWAY that refuses nothing: clients open no more streams, end those that they have, and close.
 * The second one of RFC 9113, 6.8, with the real last stream, would only hurry them.
 */
function dismiss(session: ServerHttp2Session): void {
  session.goaway(constants.NGHTTP2_NO_ERROR, highestStream)
}

process.once('SIGTERM', () => {
  leaving = true
  // close() would close idle connections under their clients' next requests.
  http.closeIdleConnections = ignore
  for (const server of [http, tcp, dubbo]) server.close()
  // Its own close() closes the sessions too.
  Server.prototype.close.call(http2)
  for (const session of sessions) dismiss(session)
})
