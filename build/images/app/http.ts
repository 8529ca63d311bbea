import { Agent, createServer, get } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import type { Activity } from './activity.ts'

const chunkPeriodMs = 100
const chunk = 'a chunk a tenth\n'
const HOOKS = '/hooks/'
const greeting = 'hello from the application\n'

/**
 * The application's HTTP side:
 *
 * - `GET /` answers at once
 * - `GET /slow?ms=2000` answers after so long
 * - `GET /stream?ms=30000` sends a chunk every 100 ms for so long; its length is known before
 * - `POST /upload` reads all and answers the number of bytes
 * - `GET /echo-headers` answers the request's headers as JSON
 * - `POST /hooks/<name>` writes `hook <name>` to the log
 *
 * @param upstream asked before `GET /` is answered, with 502 when it fails; empty: nobody
 */
export function createHttpServer(activity: Activity, upstream = ''): Server {
  const ask = upstream === '' ? undefined : createUpstream(upstream)
  const server = createServer({ requestTimeout: 0 }, (request, response) => {
    response.once('close', activity.begin())
    answer(request, response, ask).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : undefined)
    })
  })
  // Never the first to close an idle connection: a request of the proxy may be on its way on it.
  server.keepAliveTimeout = 0
  return server
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  ask: (() => Promise<void>) | undefined,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://app')
  if (request.method === 'POST' && url.pathname.startsWith(HOOKS)) {
    console.log(`hook ${url.pathname.slice(HOOKS.length)}`)
    text(response, 200, 'noted\n')
    return
  }
  switch (`${request.method ?? ''} ${url.pathname}`) {
    case 'GET /':
      await answerGreeting(response, ask)
      return
    case 'GET /slow':
      await delay(milliseconds(url, 2000))
      text(response, 200, greeting)
      return
    case 'GET /stream':
      await stream(response, milliseconds(url, 30_000))
      return
    case 'POST /upload':
      text(response, 200, `${await countBytes(request)}\n`)
      return
    case 'GET /echo-headers':
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify(request.headers))
      return
    default:
      text(response, 404, 'not found\n')
  }
}

async function answerGreeting(
  response: ServerResponse,
  ask: (() => Promise<void>) | undefined,
): Promise<void> {
  try {
    await ask?.()
    text(response, 200, greeting)
  } catch (error) {
    text(response, 502, `${error instanceof Error ? error.message : 'failed'}\n`)
  }
}

/** Requests on kept connections, as apps make them. */
function createUpstream(url: string): () => Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 32 })
  return () =>
    new Promise((resolve, reject) => {
      const request = get(url, { agent, timeout: 10_000 }, (response) => {
        response.resume()
        response.once('error', reject)
        response.once('end', () => {
          if (response.statusCode === 200) resolve()
          else reject(new Error(`upstream answered ${response.statusCode ?? 0}`))
        })
      })
      request.once('timeout', () => request.destroy(new Error('upstream did not answer in 10 s')))
      request.once('error', reject)
    })
}

async function stream(response: ServerResponse, durationMs: number): Promise<void> {
  const count = Math.max(1, Math.ceil(durationMs / chunkPeriodMs))
  response.writeHead(200, { 'content-type': 'text/plain', 'content-length': count * chunk.length })
  response.flushHeaders()
  for (let sent = 0; sent < count && !response.destroyed; sent += 1) {
    await delay(chunkPeriodMs)
    response.write(chunk)
  }
  response.end()
}

async function countBytes(request: IncomingMessage): Promise<number> {
  let count = 0
  for await (const bytes of request as AsyncIterable<Buffer>) count += bytes.length
  return count
}

function text(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, {
    'content-type': 'text/plain',
    'content-length': Buffer.byteLength(body),
  })
  response.end(body)
}

function milliseconds(url: URL, otherwise: number): number {
  const value = Number(url.searchParams.get('ms') ?? otherwise)
  return Number.isFinite(value) && value >= 0 ? value : otherwise
}
