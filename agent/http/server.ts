import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Logger } from '../log.ts'
import { createServer } from './nodeHttp.ts'
import type { Answer } from './routes.ts'

export interface AgentServerOptions {
  /** 0 = any free port. */
  readonly port: number
  readonly routes: Readonly<Record<string, () => Answer>>
  readonly log: Logger
}

/** Numbers for a server that anybody in the cluster may reach and that answers from memory. */
const HEADERS_TIMEOUT_MS = 5000
const MAX_CONNECTIONS = 64
const MAX_HEADER_BYTES = 8 * 1024

/** Serves the routes until `close`. Dual stack where the pod has IPv6, else IPv4. */
export class AgentServer {
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
  }

  /** Errors: the port is taken. */
  static async listen(options: AgentServerOptions): Promise<AgentServer> {
    const { port, routes, log } = options
    const server = createServer(
      {
        headersTimeout: HEADERS_TIMEOUT_MS,
        requestTimeout: HEADERS_TIMEOUT_MS,
        maxHeaderSize: MAX_HEADER_BYTES,
      },
      (request, response) => {
        answer(routes, request, response)
      },
    )
    server.maxConnections = MAX_CONNECTIONS
    try {
      await listen(server, port, '::')
    } catch (error) {
      log.info('no dual stack, listening on IPv4 only', { error })
      await listen(server, port, '0.0.0.0')
    }
    return new AgentServer(server)
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  close(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host }, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function answer(
  routes: AgentServerOptions['routes'],
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const { status, type, body } = answerOf(routes, request)
  // Bodies are never read: the connection cannot be used again after one.
  const hasBody = request.headers['content-length'] ?? request.headers['transfer-encoding']
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    ...(status === 405 ? { allow: 'GET, HEAD' } : {}),
    ...(hasBody === undefined ? {} : { connection: 'close' }),
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}

function answerOf(routes: AgentServerOptions['routes'], request: IncomingMessage): Answer {
  const type = 'text/plain; charset=utf-8'
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    const body = 'The agent only answers GET: it takes its orders from the pod, not from here.\n'
    return { status: 405, type, body }
  }
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/'
  const route = Object.hasOwn(routes, path) ? routes[path] : undefined
  if (route === undefined) {
    return { status: 404, type, body: `There are only ${Object.keys(routes).join(', ')} here.\n` }
  }
  return route()
}
