import { createServer } from 'node:http'
import type { ServerResponse } from 'node:http'
import { orAborted } from '../clock/orAborted.ts'
import { silentLogger } from '../logging/logger.ts'
import type { Logger } from '../logging/logger.ts'
import type { Runnable } from '../manager/runnable.ts'
import type { Check } from './check.ts'
import { closeGracefully, listen } from './httpServer.ts'
import type { Metrics } from './metrics.ts'

export interface ProbeServerOptions {
  /** 0 takes any free one. */
  readonly port: number
  /** Defaults to all addresses, IPv4 and IPv6. */
  readonly host?: string
  readonly metrics: Metrics
  /** Wrong: the process must be started anew. */
  readonly healthChecks?: Readonly<Record<string, Check>>
  /** Wrong: no traffic for now. */
  readonly readyChecks?: Readonly<Record<string, Check>>
  readonly logger?: Logger
}

export interface ProbeServer extends Runnable {
  /** Once it listens. */
  port(): number
  ready(signal: AbortSignal): Promise<void>
}

/** Stops last of all: whoever scrapes in that moment shall have an answer, but not hold us up. */
const graceMs = 1_000

/** Creates the server of `/metrics`, `/healthz`, `/readyz` and `/healthz/<check>`, `/readyz/<check>`. */
export function createProbeServer(options: ProbeServerOptions): ProbeServer {
  const { metrics, healthChecks = {}, readyChecks = {}, logger = silentLogger } = options
  const listening = Promise.withResolvers<undefined>()
  let port = options.port
  const server = createServer((request, response) => {
    const [path = '/'] = (request.url ?? '/').split('?')
    const [, root = '', name] = path.split('/')
    if (root === 'metrics' && name === undefined) {
      void sendMetrics(metrics, response, logger)
    } else if (root === 'healthz') answerChecks(healthChecks, name, response)
    else if (root === 'readyz') answerChecks(readyChecks, name, response)
    else send(response, 404, 'there are /metrics, /healthz and /readyz\n')
  })
  return {
    name: 'probe server',
    port: () => port,
    ready: (signal) => orAborted(listening.promise, signal),
    run: async (signal) => {
      port = await listen(server, options.port, options.host)
      listening.resolve(undefined)
      logger.info('probes served', { port })
      await orAborted(new Promise((_resolve, reject) => server.once('error', reject)), signal)
      await closeGracefully(server, graceMs)
    },
  }
}

async function sendMetrics(
  metrics: Metrics,
  response: ServerResponse,
  logger: Logger,
): Promise<void> {
  try {
    const text = await metrics.text()
    response.setHeader('content-type', metrics.registry.contentType)
    response.end(text)
  } catch (error) {
    logger.error('metrics could not be collected', { error })
    send(response, 500, 'the metrics could not be collected\n')
  }
}

/** One line a check: `[+]name ok` or `[-]name: sentence`, as the API server itself answers. */
function answerChecks(
  checks: Readonly<Record<string, Check>>,
  name: string | undefined,
  response: ServerResponse,
): void {
  const all = Object.entries(checks)
  const asked = name === undefined || name === '' ? all : all.filter(([n]) => n === name)
  if (asked.length === 0 && all.length > 0) {
    send(response, 404, `there is no check ${name ?? ''}\n`)
    return
  }
  const results = asked.map(([n, check]) => [n, check()] as const)
  const lines = results.map(([n, wrong]) =>
    wrong === undefined ? `[+]${n} ok\n` : `[-]${n}: ${wrong}\n`,
  )
  const well = results.every(([, wrong]) => wrong === undefined)
  send(response, well ? 200 : 503, `${lines.join('')}${well ? 'ok' : 'not ok'}\n`)
}

function send(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' })
  response.end(text)
}
