import { expect } from 'chai'
import { createMetrics } from './metrics.ts'
import { createProbeServer } from './probeServer.ts'

describe('probe server', () => {
  const stop = new AbortController()
  let ended: Promise<void>
  let base: string
  let wrong: string | undefined
  const metrics = createMetrics()

  before(async () => {
    metrics.counter({ name: 'baked_total', help: 'Cakes.', labelNames: ['kind'] })
    // A second user of the name shares the metric.
    metrics
      .counter({ name: 'baked_total', help: 'Cakes.', labelNames: ['kind'] })
      .inc({ kind: 'x' })
    const server = createProbeServer({
      port: 0,
      host: '127.0.0.1',
      metrics,
      healthChecks: { loop: () => undefined },
      readyChecks: { cache: () => wrong, certificate: () => undefined },
    })
    ended = server.run(stop.signal)
    await server.ready(stop.signal)
    base = `http://127.0.0.1:${server.port()}`
  })
  after(async () => {
    stop.abort()
    await ended
  })
  const get = async (path: string): Promise<readonly [number, string]> => {
    const answer = await fetch(base + path)
    return [answer.status, await answer.text()]
  }

  it('serves metrics', async () => {
    const [status, text] = await get('/metrics')
    expect(status).to.equal(200)
    expect(text).to.contain('baked_total{kind="x"} 1')
  })

  it('answers for all checks and for one', async () => {
    wrong = undefined
    expect(await get('/readyz')).to.deep.equal([200, '[+]cache ok\n[+]certificate ok\nok\n'])
    wrong = 'the list is not in yet'
    const [status, text] = await get('/readyz')
    expect(status).to.equal(503)
    expect(text).to.contain('[-]cache: the list is not in yet')
    expect((await get('/readyz/certificate'))[0]).to.equal(200)
    expect((await get('/readyz/cache'))[0]).to.equal(503)
    expect((await get('/healthz'))[0]).to.equal(200)
  })

  it('says what there is when asked for what there is not', async () => {
    expect((await get('/nothing'))[0]).to.equal(404)
    expect((await get('/readyz/nothing'))[0]).to.equal(404)
  })
})
