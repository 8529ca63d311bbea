import { expect } from 'chai'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { KubeConfig } from '@kubernetes/client-node'
import { createMetrics } from '../metrics/metrics.ts'
import { startFakeApiServer } from '../testing/apiserver.ts'
import type { FakeApiServer } from '../testing/apiserver.ts'
import { until } from '../testing/until.ts'
import { isApiError } from './apiError.ts'
import type { ApiErrorCode } from './apiError.ts'
import { createTransport } from './transport.ts'
import type { TransportRequest } from './request.ts'
import type { Transport } from './transport.ts'

describe('transport', () => {
  let server: FakeApiServer
  let transport: Transport
  const metrics = createMetrics()

  beforeEach(async () => {
    server = await startFakeApiServer()
    transport = createTransport({
      kubeConfig: server.kubeConfig(),
      userAgent: 'tester/1',
      fieldManager: 'tester',
      metrics,
      random: () => 0,
    })
  })
  afterEach(async () => {
    await transport.close()
    await server.stop()
  })

  const codeOf = async (request: TransportRequest): Promise<ApiErrorCode | 'no error'> => {
    try {
      await transport.request(request)
      return 'no error'
    } catch (error) {
      if (!isApiError(error)) throw error
      return error.code
    }
  }

  it('sends who it is and the token, and reads JSON', async () => {
    const answer = await transport.request({ method: 'GET', path: '/version' })
    expect(answer).to.include({ gitVersion: 'v1.35.0' })
    const headers = server.requests.at(-1)?.headers
    expect(headers).to.include({ 'user-agent': 'tester/1', authorization: 'Bearer a-token' })
  })

  it('turns a Status into an error with its code', async () => {
    const path = '/api/v1/namespaces/default/pods/none'
    try {
      await transport.request({ method: 'GET', path })
      expect.fail('there is no such pod')
    } catch (error) {
      expect(error).to.include({ code: 'NotFound', status: 404, reason: 'NotFound' })
      expect(String(error)).to.contain(`GET ${path}: pods "none" not found (404)`)
    }
  })

  const repeated: Record<string, { request: TransportRequest; status: number; sent: number }> = {
    'a GET that got 503': { request: { method: 'GET', path: '/version' }, status: 503, sent: 2 },
    'a GET whose link broke': { request: { method: 'GET', path: '/version' }, status: 0, sent: 2 },
    'a POST that got 429': {
      request: { method: 'POST', path: '/api/v1/namespaces/a/pods', body: { metadata: {} } },
      status: 429,
      sent: 2,
    },
    'a POST said to bear it, that got 500': {
      request: {
        method: 'POST',
        path: '/api/v1/namespaces/a/pods',
        body: { metadata: {} },
        retry: true,
      },
      status: 500,
      sent: 2,
    },
  }
  for (const [name, { request, status, sent }] of Object.entries(repeated)) {
    it(`repeats ${name}`, async () => {
      server.fail({ status })
      expect(await codeOf(request)).to.equal('no error')
      expect(server.requests).to.have.length(sent)
    })
  }

  const notRepeated: Record<string, { status: number; code: ApiErrorCode }> = {
    'that got 500': { status: 500, code: 'ServerError' },
    'whose link broke': { status: 0, code: 'ConnectionFailed' },
    'that got 409': { status: 409, code: 'Conflict' },
  }
  for (const [name, { status, code }] of Object.entries(notRepeated)) {
    it(`does not repeat a POST ${name}`, async () => {
      server.fail({ status })
      const path = '/api/v1/namespaces/a/pods'
      expect(await codeOf({ method: 'POST', path, body: {} })).to.equal(code)
      expect(server.requests).to.have.length(1)
    })
  }

  it('waits as long as Retry-After says', async () => {
    server.fail({ status: 429, retryAfterSeconds: 1 })
    const startMs = performance.now()
    await transport.request({ method: 'GET', path: '/version' })
    expect(performance.now() - startMs).to.be.at.least(990)
  })

  it('gives up at once when Retry-After is beyond the deadline', async () => {
    server.fail({ status: 429, retryAfterSeconds: 60 })
    const startMs = performance.now()
    const code = await codeOf({ method: 'GET', path: '/version', deadlineMs: 50_000 })
    expect(code).to.equal('TooManyRequests')
    expect(performance.now() - startMs).to.be.below(25_000)
  })

  it('ends at the deadline when no answer comes', async () => {
    server.fail({ status: -1 })
    expect(await codeOf({ method: 'GET', path: '/version', deadlineMs: 100 })).to.equal('Timeout')
  })

  it('ends at once when the caller aborts', async () => {
    server.fail({ status: -1 })
    const stop = new AbortController()
    const code = codeOf({ method: 'GET', path: '/version', signal: stop.signal })
    await until(() => server.requests.length === 1)
    stop.abort()
    expect(await code).to.equal('Aborted')
  })

  it('keeps connections for requests one after the other', async () => {
    let connections = 0
    const counting = createServer((socket) => {
      connections++
      socket.on('data', () => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}')
      })
      socket.on('error', () => undefined)
    })
    await new Promise<void>((resolve) => counting.listen(0, '127.0.0.1', resolve))
    const kubeConfig = new KubeConfig()
    kubeConfig.loadFromClusterAndUser(
      {
        name: 'c',
        server: `http://127.0.0.1:${(counting.address() as AddressInfo).port}`,
        skipTLSVerify: true,
      },
      { name: 'u' },
    )
    const other = createTransport({ kubeConfig, userAgent: 't', fieldManager: 't' })
    for (let i = 0; i < 20; i++) await other.request({ method: 'GET', path: '/' })
    await other.close()
    await new Promise((resolve) => counting.close(resolve))
    // Two, not one: the pool learns a tick after the answer that a connection is free again.
    expect(connections).to.be.at.most(2)
  })

  it('counts requests by code and method', async () => {
    await transport.request({ method: 'GET', path: '/version' })
    const text = await metrics.text()
    expect(text).to.match(
      /rest_client_requests_total\{code="200",method="GET",host="127[^"]*"\} \d/,
    )
    expect(text).to.contain('rest_client_request_duration_seconds_bucket')
  })

  it('gives up a stream that has gone silent', async () => {
    server.stallWatches(true)
    const path = '/api/v1/pods'
    const { signal } = new AbortController()
    const lines = transport.stream({ path, query: { watch: true }, signal, idleTimeoutMs: 200 })
    const failure = await lines.next().then(
      () => undefined,
      (error: unknown) => error,
    )
    expect(isApiError(failure, 'ConnectionFailed')).to.equal(true)
  })

  it('closes the connection of a stream nobody reads any more', async () => {
    const { signal } = new AbortController()
    const lines = transport.stream({ path: '/api/v1/pods', query: { watch: true }, signal })
    expect(await lines.next()).to.have.nested.property('value.type', 'BOOKMARK')
    await lines.return(undefined)
    await until(() => server.openWatches() === 0, { what: 'the watch to be closed' })
  })
})
