import { expect } from 'chai'
import { once } from 'node:events'
import { connect } from 'node:net'
import { jsonLogger } from '../log.ts'
import { AgentServer } from './server.ts'

describe('the HTTP server of the agent', () => {
  let server: AgentServer
  let calls = 0
  before(async () => {
    server = await AgentServer.listen({
      port: 0,
      log: jsonLogger(() => undefined),
      routes: {
        '/status': () => {
          calls += 1
          return { status: 200, type: 'application/json', body: '{}' }
        },
      },
    })
  })
  after(() => {
    server.close()
  })

  const ask = (path: string, method = 'GET', host = '127.0.0.1') =>
    fetch(`http://${host}:${server.port}${path}`, {
      method,
      ...(method === 'POST' ? { body: 'x' } : {}),
    })

  for (const host of ['127.0.0.1', '[::1]']) {
    it(`answers on ${host}`, async () => {
      const response = await ask('/status', 'GET', host)
      expect(response.status).to.equal(200)
      expect(response.headers.get('content-type')).to.equal('application/json')
      expect(await response.text()).to.equal('{}')
    })
  }

  it('ignores a query', async () => {
    expect((await ask('/status?x=1')).status).to.equal(200)
  })

  for (const path of ['/', '/Status', '/status/', '/constructor', '/__proto__']) {
    it(`does not know ${path}, and says what it knows`, async () => {
      const response = await ask(path)
      expect(response.status).to.equal(404)
      expect(await response.text()).to.equal('There are only /status here.\n')
    })
  }

  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
    it(`refuses ${method} without doing anything`, async () => {
      const before = calls
      const response = await ask('/status', method)
      expect(response.status).to.equal(405)
      expect(response.headers.get('allow')).to.equal('GET, HEAD')
      expect(await response.text()).to.contain('only answers GET')
      expect(calls).to.equal(before)
    })
  }

  it('refuses headers that are too long', async () => {
    const socket = connect(server.port, '127.0.0.1')
    socket.on('error', () => undefined)
    socket.write(`GET /status HTTP/1.1\r\nhost: x\r\nx-long: ${'a'.repeat(20_000)}\r\n\r\n`)
    const [answer] = (await once(socket, 'data')) as [Buffer]
    expect(String(answer)).to.match(/^HTTP\/1\.1 431 /)
    socket.destroy()
  })
})
