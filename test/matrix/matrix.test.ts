import { expect } from 'chai'
import { allProxies } from '../proxies/all.ts'
import type { Method, Run } from './row.ts'
import { runOne } from './runOne.ts'
import { problemOf } from './verdict.ts'

/**
 * The matrix made small enough for every test run: one upgrade of each proxy under its main clients.
 * Nothing long is sent, so a drain takes a second; `npm run bench:handover` measures the rest.
 */
const CLIENTS = ['short', 'keepalive-0', 'keepalive-50', 'keepalive-500', 'grpc', 'http2']
const SMALL = { requests: 60, perSecond: 20, upgrades: 1, quietMs: 2000 }
/** nginx before 1.27.4 closes idle connections under their clients' requests: not lossless. */
const WITH_IDLE_CLOSE = ['nginx']
/** One GOAWAY with the last stream: what is on its way is above it. */
const ONE_GOAWAY = ['nginx-keepalive', 'nginx']

async function run(name: string, method: Method, clients = CLIENTS, size = SMALL): Promise<Run> {
  const proxy = allProxies().find((one) => one.name === name)
  if (proxy === undefined) throw new Error(`no proxy is called ${name}`)
  return await runOne(proxy, { proxy: name, method, only: clients, ...size }, () => undefined)
}

function lostOf({ rows }: Run): Readonly<Record<string, unknown>> {
  const lost = rows.filter(({ counts }) => (counts?.lost ?? 0) > 0)
  return Object.fromEntries(lost.map(({ client, counts }) => [client, counts?.lostByCause]))
}

/** Names without a look at the machine: the test file is read before the proxies are shown. */
const NAMES = [
  ...['envoy', 'envoy-one-socket', 'envoy-intercepted', 'haproxy', 'nginx-keepalive', 'nginx'],
  ...['node', 'go', 'python'],
]

describe('the handover matrix', function () {
  this.timeout(90_000)

  for (const name of NAMES)
    it(`loses no request when ${name} is upgraded by launcher and agent`, async function () {
      // Another release of nginx cannot be had everywhere.
      if (!allProxies().some((proxy) => proxy.name === name)) this.skip()
      const clients = CLIENTS.filter((client) => {
        const h2 = client === 'grpc' || client === 'http2'
        if (h2 && ONE_GOAWAY.includes(name)) return false
        return client === 'short' || !WITH_IDLE_CLOSE.includes(name)
      })
      const result = await run(name, 'baton', clients)
      // A machine without root has no network of its own to intercept in.
      if (result.impossible !== undefined) this.skip()
      expect(problemOf(result)).to.equal(undefined)
      expect(lostOf(result)).to.deep.equal({})
      expect(result.upgrades).to.be.greaterThan(0)
      const sent = result.rows.flatMap(({ counts }) => counts?.sent ?? [])
      expect(Math.min(...sent)).to.be.at.least(SMALL.requests)
    })

  it('is measured by a load that sees what a stop and a start lose', async () => {
    // It is away for a tenth of a second each time: no client need come just then.
    const result = await run('haproxy', 'stop-start', CLIENTS, { ...SMALL, upgrades: 5 })
    expect(problemOf(result)).to.equal(undefined)
    expect(Object.keys(lostOf(result))).to.include.members(['short', 'keepalive-50'])
  })
})
