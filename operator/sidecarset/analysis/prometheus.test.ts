import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect } from 'chai'
import { createPrometheusClient } from './prometheus.ts'
import type { PrometheusClient } from './prometheus.ts'

const never = new AbortController().signal

describe('the client of Prometheus', () => {
  let address = ''
  let seen: { body: string; authorization: string | undefined }[] = []
  let answer: (response: ServerResponse, request: IncomingMessage) => void
  let client: PrometheusClient
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      seen.push({ body, authorization: request.headers.authorization })
      answer(response, request)
    })
  })

  before((done) => {
    server.listen(0, '127.0.0.1', () => {
      address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
      done()
    })
  })
  after((done) => {
    server.closeAllConnections()
    server.close(done)
  })
  beforeEach(() => {
    seen = []
    client = createPrometheusClient()
  })
  afterEach(() => client.close())

  const says = (status: number, body: unknown): void => {
    answer = (response) => {
      response.statusCode = status
      response.end(typeof body === 'string' ? body : JSON.stringify(body))
    }
  }
  const data = (resultType: string, result: unknown): unknown => ({
    status: 'success',
    data: { resultType, result },
  })
  const ask = (over: { readonly timeoutMs?: number; readonly address?: string } = {}) =>
    client.query({ address, query: 'up', at: 1_700_000_000_500, timeoutMs: 2_000, ...over }, never)

  /** The message of the error, or what came. */
  async function outcome(asked: Promise<readonly number[]>): Promise<string> {
    try {
      return (await asked).join()
    } catch (error) {
      return error instanceof Error ? error.message.replaceAll(address, 'HERE') : 'no error'
    }
  }

  it('asks for one moment', async () => {
    says(200, data('vector', []))
    expect(await ask()).to.deep.equal([])
    expect(Object.fromEntries(new URLSearchParams(seen[0]?.body))).to.deep.equal({
      query: 'up',
      time: '1700000000.5',
      timeout: '2000ms',
    })
  })

  const answers: Readonly<Record<string, readonly [number, unknown, string]>> = {
    'gives the values of all series': [
      200,
      data('vector', [
        { metric: {}, value: [1, '0.25'] },
        { metric: {}, value: [1, '1e3'] },
      ]),
      '0.25,1000',
    ],
    'gives a scalar as one value': [200, data('scalar', [1, '3']), '3'],
    'hands on what is no finite number, for others to judge': [
      200,
      data('vector', [
        { metric: {}, value: [1, 'NaN'] },
        { metric: {}, value: [1, '+Inf'] },
        { metric: {}, value: [1, '-Inf'] },
      ]),
      'NaN,Infinity,-Infinity',
    ],
    'refuses ranges': [
      200,
      data('matrix', []),
      'HERE/api/v1/query: a query gives numbers of one moment, and this one gives a matrix',
    ],
    'refuses histograms': [
      200,
      data('vector', [{ metric: {}, histogram: [1, {}] }]),
      'HERE/api/v1/query: the answer cannot be read: answer.data.result[0].value: expected a list, found nothing',
    ],
    'tells why a query was refused': [
      400,
      { status: 'error', errorType: 'bad_data', error: 'parse error: unexpected )' },
      'HERE/api/v1/query answered 400: parse error: unexpected )',
    ],
    'tells what another server says': [
      503,
      '<h1>busy</h1>\n',
      'HERE/api/v1/query answered 503: <h1>busy</h1>',
    ],
    'tells of an answer that is none': [
      200,
      'hello',
      'HERE/api/v1/query: the answer cannot be read: answer: expected JSON, found "hello"',
    ],
    'refuses an answer of another shape': [
      200,
      data('vector', [{ value: [1, 0.5] }]),
      'HERE/api/v1/query: the answer cannot be read: answer.data.result[0].value[1]: expected a string, found 0.5',
    ],
  }
  for (const [name, [status, body, expected]] of Object.entries(answers)) {
    it(name, async () => {
      says(status, body)
      expect(await outcome(ask())).to.equal(expected)
    })
  }

  it('waits no longer than it is told to', async () => {
    answer = () => undefined
    expect(await outcome(ask({ timeoutMs: 50 }))).to.equal(
      'HERE/api/v1/query: no answer within 50 ms',
    )
  })

  it('takes no answer without an end', async () => {
    answer = (response) => {
      const more = (): void => {
        while (response.write('x'.repeat(65_536)));
        response.once('drain', more)
      }
      more()
    }
    expect(await outcome(ask())).to.match(/query: .*(size|length)/i)
  })

  it('says who does not answer', async () => {
    expect(await outcome(ask({ address: 'http://127.0.0.1:1' }))).to.equal(
      'http://127.0.0.1:1/api/v1/query: connect ECONNREFUSED 127.0.0.1:1',
    )
  })

  it('says what is missing when nobody named a Prometheus', async () => {
    const asked = client.query({ address: undefined, query: 'up', at: 0, timeoutMs: 100 }, never)
    expect(await outcome(asked)).to.match(/^no Prometheus is known: set provider/)
  })

  it('shows its token to the Prometheus of the installation and to no other', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'baton-token-'))
    const tokenFile = join(directory, 'token')
    writeFileSync(tokenFile, 'secret\n')
    const own = createPrometheusClient({ defaults: { address, tokenFile } })
    says(200, data('vector', []))
    const query = { query: 'up', at: 0, timeoutMs: 2_000 }
    await own.query({ ...query, address: undefined }, never)
    await own.query({ ...query, address }, never)
    await own.close()
    rmSync(directory, { recursive: true })
    expect(seen.map(({ authorization }) => authorization)).to.deep.equal([
      'Bearer secret',
      undefined,
    ])
  })
})
