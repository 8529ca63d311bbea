import { readFile } from 'node:fs/promises'
import { Agent, request } from 'undici'
import {
  DecodeError,
  array,
  decodeJson,
  literal,
  object,
  opaque,
  optional,
  string,
} from '../../../api/decode.ts'
import { startDeadline } from '../../../runtime/transport/deadline.ts'

/** The Prometheus that metrics without an address are asked of. */
export interface DefaultPrometheus {
  readonly address: string
  /** File with a bearer token. It is sent to this address and to no other. */
  readonly tokenFile?: string
}

export interface PrometheusClientOptions {
  readonly defaults?: DefaultPrometheus | undefined
}

export interface PrometheusQuery {
  /** Undefined: the installation's. */
  readonly address: string | undefined
  readonly query: string
  /** Moment that is asked about: milliseconds since the epoch. */
  readonly at: number
  readonly timeoutMs: number
}

export interface PrometheusClient {
  /** Values of all series that the query gives. Errors: PrometheusError. */
  query(query: PrometheusQuery, signal: AbortSignal): Promise<readonly number[]>
  close(): Promise<void>
}

/** There was no answer, or none that can be read: the message says what was tried and seen. */
export class PrometheusError extends Error {
  readonly code = 'PROMETHEUS_UNAVAILABLE'
}

/** An answer of a few numbers is small; a query without an aggregation may give thousands. */
const LARGEST_ANSWER = 1024 * 1024
const LONGEST_REASON = 256

/** Asks for the values of one moment over `POST /api/v1/query`. */
export function createPrometheusClient(options: PrometheusClientOptions = {}): PrometheusClient {
  const dispatcher = new Agent({
    connections: 4,
    keepAliveTimeout: 10_000,
    maxResponseSize: LARGEST_ANSWER,
  })

  async function ask(query: PrometheusQuery, signal: AbortSignal): Promise<readonly number[]> {
    const address = query.address ?? options.defaults?.address
    if (address === undefined) {
      throw new PrometheusError(
        'no Prometheus is known: set provider.prometheus.address, or PROMETHEUS_ADDRESS of the operator',
      )
    }
    const url = `${address.replace(/\/+$/, '')}/api/v1/query`
    const deadline = startDeadline(query.timeoutMs, signal)
    try {
      const answer = await request(url, {
        dispatcher,
        method: 'POST',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          accept: 'application/json',
          ...(query.address === undefined ? await authorization(options.defaults) : {}),
        },
        body: new URLSearchParams({
          query: query.query,
          time: String(query.at / 1000),
          timeout: `${query.timeoutMs}ms`,
        }).toString(),
        signal: deadline.signal,
      })
      return readAnswer(url, answer.statusCode, await answer.body.text())
    } catch (error) {
      if (error instanceof PrometheusError) throw error
      const reason = deadline.expired() ? `no answer within ${query.timeoutMs} ms` : reasonOf(error)
      throw new PrometheusError(`${url}: ${reason}`, { cause: error })
    } finally {
      deadline.clear()
    }
  }

  return { query: ask, close: () => dispatcher.destroy() }
}

async function authorization(
  defaults: DefaultPrometheus | undefined,
): Promise<Readonly<Record<string, string>>> {
  if (defaults?.tokenFile === undefined) return {}
  // Tokens are renewed while the operator runs.
  const token = await readFile(defaults.tokenFile, 'utf8')
  return { authorization: `Bearer ${token.trim()}` }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { code } = error as { readonly code?: unknown }
  // Connecting to several addresses fails with an error without a message.
  return error.message === '' && typeof code === 'string' ? code : error.message
}

const envelope = object({
  status: literal('success', 'error'),
  error: optional(string),
  data: optional(
    object({
      resultType: literal('vector', 'scalar', 'matrix', 'string'),
      result: opaque<unknown>(),
    }),
  ),
})
const point = array(opaque<unknown>())
const vector = array(object({ value: optional(point) }))

function readAnswer(url: string, status: number, text: string): readonly number[] {
  try {
    const answer = decodeJson(envelope, text, 'answer')
    if (answer.status === 'error' || answer.data === undefined) {
      throw refused(url, status, answer.error ?? 'no data')
    }
    const { resultType, result } = answer.data
    if (resultType === 'scalar') return [numberAt(result, 'answer.data.result')]
    if (resultType === 'vector') {
      return vector(result, 'answer.data.result').map(({ value }, index) =>
        numberAt(value, `answer.data.result[${index}].value`),
      )
    }
    const wanted = 'a query gives numbers of one moment'
    throw new PrometheusError(`${url}: ${wanted}, and this one gives a ${resultType}`)
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    if (status !== 200) throw refused(url, status, text)
    throw new PrometheusError(`${url}: the answer cannot be read: ${error.message}`)
  }
}

function refused(url: string, status: number, reason: string): PrometheusError {
  const short = reason.replaceAll(/\s+/g, ' ').trim().slice(0, LONGEST_REASON)
  return new PrometheusError(`${url} answered ${status}: ${short}`)
}

/** The second part of `[time, "value"]`; Go writes infinities in its own way. */
function numberAt(value: unknown, path: string): number {
  const text = string(point(value, path)[1], `${path}[1]`)
  if (text === '+Inf' || text === '-Inf') return text === '+Inf' ? Infinity : -Infinity
  return Number(text)
}
