import { expect } from 'chai'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { freePort } from '../../launcher/testing/ports.ts'
import { until } from '../../launcher/testing/until.ts'
import { carryOut } from './carryOut.ts'
import type { Check } from './check.ts'
import type { Round } from './prober.ts'
import { Prober } from './prober.ts'

const noSlots = new Map()

describe('probes against real servers', () => {
  let server: Server
  let status = 200
  let requests = 0
  beforeEach(async () => {
    status = 200
    requests = 0
    server = createServer((request, response) => {
      requests += 1
      if (request.url === '/silent') return
      response.writeHead(status, { location: '/elsewhere' })
      response.end(request.headers['x-probe'])
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  })
  afterEach(() => {
    server.closeAllConnections()
    server.close()
  })

  const port = () => (server.address() as AddressInfo).port
  const http = (path = '/'): Check => ({
    kind: 'http',
    host: '127.0.0.1',
    port: port(),
    path,
    secure: false,
    headers: { 'x-probe': 'yes' },
  })
  const round = (checks: readonly Check[], periodMs = 0): Round => ({
    checks,
    timeoutMs: 10_000,
    periodMs,
    thresholds: { success: 1, failure: 1 },
  })

  for (const [code, ok] of [
    [200, true],
    [302, true],
    [399, true],
    [400, false],
    [503, false],
  ] as const) {
    it(`a status of ${code} is ${ok ? 'a success' : 'a failure'}`, async () => {
      status = code
      const outcome = await carryOut(http(), 10_000, noSlots)
      expect(outcome.ok).to.equal(ok)
      expect(outcome.detail).to.equal(`GET http://127.0.0.1:${port()}/: status ${code}`)
    })
  }

  it('no answer within the time limit is a failure', async () => {
    const outcome = await carryOut(http('/silent'), 50, noSlots)
    expect(outcome).to.deep.equal({
      ok: false,
      detail: `GET http://127.0.0.1:${port()}/silent: no answer within 50 ms`,
    })
  })

  it('a connection that is refused is a failure', async () => {
    const check: Check = { kind: 'tcp', host: '127.0.0.1', port: await freePort() }
    expect((await carryOut(check, 10_000, noSlots)).ok).to.equal(false)
    expect((await carryOut({ ...check, port: port() }, 10_000, noSlots)).ok).to.equal(true)
  })

  it('are looked at often but carried out once a period', async () => {
    let changes = 0
    const prober = new Prober(noSlots, () => {
      changes += 1
    })
    await until(
      'it passes',
      () => prober.look('a', round([http()], 10_000), 0).verdict === 'passing',
    )
    prober.look('a', round([http()], 10_000), 9_999)
    expect(requests).to.equal(1)
    expect(changes).to.equal(1)
  })

  it('begin anew for another process', async () => {
    const prober = new Prober(noSlots, () => undefined)
    await until('it passes', () => prober.look('a', round([http()]), 0).verdict === 'passing')
    expect(prober.look('b', round([http('/silent')]), 1).verdict).to.equal('unknown')
    prober.clear()
    expect(prober.health.verdict).to.equal('unknown')
  })

  it('must all pass', async () => {
    const prober = new Prober(noSlots, () => undefined)
    const refused: Check = { kind: 'tcp', host: '127.0.0.1', port: await freePort() }
    const both = round([http(), refused])
    await until('it fails', () => prober.look('a', both, 0).verdict === 'failing')
    expect(prober.health.detail).to.contain('ECONNREFUSED')
  })

  it('of which there are none have passed', () => {
    expect(new Prober(noSlots, () => undefined).look('a', round([]), 0).verdict).to.equal('passing')
  })
})
