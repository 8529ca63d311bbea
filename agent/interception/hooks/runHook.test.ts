import { expect } from 'chai'
import { once } from 'node:events'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { HookName, InterceptionHook } from '../../../api/interception/hook.ts'
import { runHook } from './runHook.ts'

const NOBODY = () => undefined

describe('a hook', () => {
  let server: Server
  let port = 0
  let asked: string[] = []

  beforeEach(async () => {
    asked = []
    server = createServer((request, response) => {
      void answer(request, response)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    ;({ port } = server.address() as AddressInfo)
  })
  afterEach(() => {
    server.close()
    server.closeAllConnections()
  })

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = ''
    for await (const chunk of request) body += String(chunk)
    const type = request.headers['content-type'] ?? ''
    asked.push([request.method, request.url, type, body].join(' ').trim())
    if (request.url === '/hangs') return
    if (request.url === '/endless') {
      // As fast as it is read, for as long as somebody reads.
      const more = (): void => void response.write('x'.repeat(64 * 1024), more)
      more()
      return
    }
    if (request.url?.startsWith('/offline') === true) response.end('OK\r\n')
    else if (request.url === '/online') response.end('service not found')
    else response.writeHead(request.url === '/refuses' ? 503 : 204).end()
  }

  const run = (fields: Partial<InterceptionHook>, name: HookName = 'offline') =>
    runHook(name, { timeoutSeconds: 20, onError: 'Abort', ...fields }, NOBODY)

  it('of HTTP succeeds with 2xx, and fails with what was answered', async () => {
    expect(await run({ httpGet: { port, path: '/well?x=1' } })).to.include({ outcome: 'Succeeded' })
    expect(await run({ httpGet: { port, path: '/refuses' } })).to.include({
      ...{ outcome: 'Failed', detail: 'it answered status 503' },
    })
    expect(asked).to.deep.equal(['GET /well?x=1', 'GET /refuses'])
  })

  it('posts its body', async () => {
    const body = '{"status":"DOWN"}'
    const httpPost = { port, path: '/registry', body }
    expect((await run({ httpPost })).outcome).to.equal('Succeeded')
    expect(asked).to.deep.equal([`POST /registry application/json ${body}`])
  })

  it('waits after it has succeeded, not after it has failed', async () => {
    const took = async (path: string): Promise<number> => {
      const begun = performance.now()
      const record = await run({ httpGet: { port, path }, waitSeconds: 2 })
      expect(record.durationSeconds).to.be.lessThan(2)
      return performance.now() - begun
    }
    expect(await took('/well')).to.be.greaterThan(1990)
    expect(await took('/refuses')).to.be.lessThan(1990)
  })

  it('that is not answered in time has timed out', async () => {
    const record = await run({ httpGet: { port, path: '/hangs' }, timeoutSeconds: 0.2 })
    expect(record).to.include({ outcome: 'TimedOut', detail: 'no answer within 200 ms' })
  })

  it('whose answer has no end times out too, and keeps none of it', async () => {
    const before = process.memoryUsage().rss
    const record = await run({ httpGet: { port, path: '/endless' }, timeoutSeconds: 0.5 })
    expect(record).to.include({ outcome: 'TimedOut', detail: 'no answer within 500 ms' })
    expect((process.memoryUsage().rss - before) / 2 ** 20, 'MiB more').to.be.below(100)
  })

  it('to where nobody listens fails', async () => {
    server.close()
    await once(server, 'close')
    const { outcome, detail } = await run({ httpGet: { port } })
    expect([outcome, detail]).to.deep.equal(['Failed', `connect ECONNREFUSED 127.0.0.1:${port}`])
  })

  it("of Dubbo's console asks for what its name says, and reads the text", async () => {
    expect((await run({ dubboQos: { port } })).outcome).to.equal('Succeeded')
    expect((await run({ dubboQos: { port } }, 'gracefulClose')).outcome).to.equal('Succeeded')
    const online = await run({ dubboQos: { port } }, 'online')
    expect(online.detail).to.equal('it answered "service not found" instead of OK')
    expect(asked).to.deep.equal(['GET /offline', 'GET /offline', 'GET /online'])
  })

  it('of a program fails where no slot serves', async () => {
    expect(await run({ exec: { command: ['true'] } })).to.include({
      ...{ outcome: 'Failed', detail: 'no slot serves in which it could be run' },
    })
  })
})
