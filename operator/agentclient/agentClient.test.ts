import { createServer } from 'node:http'
import type { RequestListener, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { aHandover, agentSays } from '../testing/build.ts'
import { createAgentClient } from './agentClient.ts'
import type { AgentClient } from './agentClient.ts'

describe('the client of agents', () => {
  let server: Server
  let client: AgentClient
  const start = async (listener: RequestListener, deadlineMs = 20_000): Promise<void> => {
    server = createServer(listener)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    client = createAgentClient({ port: (server.address() as AddressInfo).port, deadlineMs })
  }
  afterEach(async () => {
    await client.close()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })

  it('reads a status', async () => {
    const said = agentSays(aHandover('abc-1'))
    await start((request, response) => {
      expect(request.url).to.equal('/status')
      response.end(JSON.stringify(said))
    })
    expect(await client.status('127.0.0.1')).to.deep.equal(said)
  })

  const bad: Record<string, RequestListener> = {
    'an error': (_request, response) => response.writeHead(500).end(),
    'no JSON': (_request, response) => response.end('<html>'),
    'another shape': (_request, response) => response.end('{"v":2}'),
    'a broken connection': (request) => request.socket.destroy(),
    nothing: () => undefined,
  }
  for (const [name, listener] of Object.entries(bad)) {
    it(`takes ${name} for no answer`, async () => {
      await start(listener, 100)
      expect(await client.status('127.0.0.1')).to.equal(undefined)
    })
  }
  it('gives up when told to', async () => {
    await start(() => undefined, 60_000)
    const stop = new AbortController()
    const asked = client.status('127.0.0.1', stop.signal)
    stop.abort()
    expect(await asked).to.equal(undefined)
  })
})
