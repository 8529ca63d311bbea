#!/usr/local/bin/node
/**
 * A reverse proxy for HTTP/1.1 in front of 127.0.0.1:8080, as small as one can be that knows how to leave.
 *
 *   proxy --listen :10000 --admin 127.0.0.1:9000
 */
import { Agent, createServer, request as ask } from 'node:http'
import { parseArgs } from 'node:util'

const APP = { host: '127.0.0.1', port: 8080, agent: new Agent({ keepAlive: true }) }
const backlog = 4096
const ignore = (): void => undefined

const { values } = parseArgs({
  options: {
    listen: { type: 'string', default: ':10000' },
    admin: { type: 'string', default: '127.0.0.1:9000' },
  },
})
let leaving = false

/** keepAliveTimeout 0: whoever ends an idle connection races with its next request, so clients do. */
const proxy = createServer({ keepAliveTimeout: 0, requestTimeout: 0 }, (request, response) => {
  // Asked at its end: an answer that began before the signal may be the last that can tell.
  const connection = (): string => (leaving ? 'close' : 'keep-alive')
  if (request.url === '/ready') {
    response.writeHead(200, { connection: connection() }).end('ready\n')
    return
  }
  const { method, url, headers } = request
  const upstream = ask({ ...APP, method, path: url, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, { ...answer.headers, connection: connection() })
    answer.pipe(response)
  })
  upstream.on('error', (error) => {
    if (response.headersSent) response.destroy(error)
    else response.writeHead(502, { connection: connection() }).end(`${error.message}\n`)
  })
  response.once('close', () => upstream.destroy())
  request.pipe(upstream)
})
const admin = createServer((_request, response) => response.end('healthy\n'))

proxy.listen({ ...address(values.listen), backlog })
admin.listen(address(values.admin))

process.once('SIGTERM', () => {
  leaving = true
  // close() would close idle connections under their clients' next requests.
  proxy.closeIdleConnections = ignore
  proxy.close()
  admin.close()
})

/** `127.0.0.1:9000`, or `:10000` for all addresses of IPv4. */
function address(text: string): { readonly host: string; readonly port: number } {
  const colon = text.lastIndexOf(':')
  return { host: text.slice(0, colon) || '0.0.0.0', port: Number(text.slice(colon + 1)) }
}
