import type { IncomingMessage, ServerResponse } from 'node:http'

const streamStepMs = 100
const streamStep = 's'.repeat(256)

/** Answers the HTTP/1.1 kinds: /slow, /upload, /stream, and everything else at once. */
export function answer(request: IncomingMessage, response: ServerResponse): void {
  // Nearly all requests; to parse their URL would cost more than to answer it.
  if (request.url === '/') {
    response.end('ok\n')
    return
  }
  const url = new URL(request.url ?? '/', 'http://origin')
  const ms = Number(url.searchParams.get('ms') ?? 0)
  switch (url.pathname) {
    case '/slow':
      setTimeout(() => response.end('slow\n'), ms)
      return
    case '/upload':
      receive(request, response)
      return
    case '/stream':
      stream(response, ms)
      return
    default:
      response.end('ok\n')
  }
}

function receive(request: IncomingMessage, response: ServerResponse): void {
  let received = 0
  request.on('data', (chunk: Buffer) => (received += chunk.length))
  request.once('end', () => {
    response.setHeader('x-received-bytes', received)
    response.end('received\n')
  })
}

function stream(response: ServerResponse, ms: number): void {
  const steps = Math.max(1, Math.round(ms / streamStepMs))
  let sent = 0
  response.setHeader('x-body-bytes', steps * streamStep.length)
  const timer = setInterval(() => {
    sent += 1
    if (sent < steps) response.write(streamStep)
    else response.end(streamStep)
    if (sent === steps) clearInterval(timer)
  }, streamStepMs)
  response.once('close', () => {
    clearInterval(timer)
  })
}
