import { expect } from 'chai'
import type { Client } from '../client/client.ts'
import { LEASES } from '../client/kinds.ts'
import { realClock } from '../clock/clock.ts'
import type { Clock } from '../clock/clock.ts'
import { createMetrics } from '../metrics/metrics.ts'
import { startFakeApiServer } from '../testing/apiserver.ts'
import type { FakeApiServer } from '../testing/apiserver.ts'
import { connect } from '../testing/connect.ts'
import { until } from '../testing/until.ts'
import { createLeaderElector } from './leaderElector.ts'
import type { LeaderElector, LeaderElectorOptions } from './leaderElector.ts'
import { mayTake, microTime, observe, released, taken } from './leaseRecord.ts'

describe('leader elector', () => {
  let server: FakeApiServer
  const clients: Client[] = []
  const ref = { namespace: 'default', name: 'the-lease' }

  beforeEach(async () => {
    server = await startFakeApiServer()
  })
  afterEach(async () => {
    for (const client of clients.splice(0)) await client.transport.close()
    await server.stop()
  })

  interface Candidate {
    readonly elector: LeaderElector
    readonly stop: AbortController
    readonly ended: Promise<unknown>
  }
  /** A lease that no machine is too slow to renew. */
  const lasting = { leaseDurationMs: 20_000, renewDeadlineMs: 15_000, retryPeriodMs: 100 }
  /** One that a test waits for, with seconds between its holder's end and the next one's begin. */
  const brief = { leaseDurationMs: 4_000, renewDeadlineMs: 1_500, retryPeriodMs: 100 }
  const candidate = (identity: string, options: Partial<LeaderElectorOptions> = {}): Candidate => {
    const client = connect(server)
    clients.push(client)
    const elector = createLeaderElector({ client, ...ref, identity, ...lasting, ...options })
    const stop = new AbortController()
    const ended = elector.run(stop.signal).then(
      () => 'ended',
      (error: unknown) => error,
    )
    return { elector, stop, ended }
  }
  const holder = (): string | undefined => server.get(LEASES, ref)?.spec?.holderIdentity

  it('elects one of two, and the other when the first stops', async () => {
    const metrics = createMetrics()
    const a = candidate('a', { metrics })
    await a.elector.ready(a.stop.signal)
    const b = candidate('b')
    await until(() => server.requests.filter((r) => r.method === 'GET').length > 6)
    expect([a.elector.isLeader(), b.elector.isLeader()]).to.deep.equal([true, false])
    expect(await metrics.text()).to.contain('leader_election_master_status{name="the-lease"} 1')

    a.stop.abort()
    expect(await a.ended).to.equal('ended')
    expect(a.elector.isLeader()).to.equal(false)
    // Released, not run out: sooner than a lease lasts.
    await until(() => b.elector.isLeader(), { deadlineMs: lasting.leaseDurationMs / 2 })
    expect(holder()).to.equal('b')
    expect(server.get(LEASES, ref)?.spec?.leaseTransitions).to.equal(1)
    b.stop.abort()
    await b.ended
    expect(holder()).to.equal('')
  })

  it('makes a lease that belongs to its owner, and none while that is gone', async () => {
    const owner = { apiVersion: 'v1', kind: 'Installation', name: 'all', uid: 'u' }
    let installed = false
    const a = candidate('a', { owner: () => (installed ? owner : undefined) })
    await until(() => server.requests.length > 2)
    expect(server.list(LEASES)).to.have.length(0)
    installed = true
    await a.elector.ready(a.stop.signal)
    expect(server.get(LEASES, ref)?.metadata.ownerReferences).to.deep.equal([owner])
    a.stop.abort()
    await a.ended
  })

  it('elects exactly one of two who start together', async () => {
    const both = [candidate('a'), candidate('b')]
    await until(() => both.some(({ elector }) => elector.isLeader()))
    await until(() => server.requests.filter((r) => r.method === 'GET').length > 10)
    expect(both.filter(({ elector }) => elector.isLeader())).to.have.length(1)
    for (const { stop, ended } of both) {
      stop.abort()
      await ended
    }
  })

  it('throws when it cannot renew in time, before anybody else may lead', async () => {
    const a = candidate('a', brief)
    await a.elector.ready(a.stop.signal)
    server.fail({ status: 500, times: 1_000 })
    const startMs = performance.now()
    expect(await a.ended).to.include({ code: 'LeadershipLost' })
    expect(performance.now() - startMs).to.be.below(brief.leaseDurationMs)
    expect(a.elector.isLeader()).to.equal(false)
  })

  it('throws when the server never answers, before anybody else may lead', async () => {
    const a = candidate('a', brief)
    await a.elector.ready(a.stop.signal)
    server.fail({ status: -1, times: 1_000 })
    const startMs = performance.now()
    expect(await a.ended).to.include({ code: 'LeadershipLost' })
    expect(performance.now() - startMs).to.be.below(brief.leaseDurationMs)
  })

  it('throws when another holds the lease', async () => {
    const a = candidate('a')
    await a.elector.ready(a.stop.signal)
    await connectAndSteal()
    expect(await a.ended).to.include({ code: 'LeadershipLost' })
    expect(holder()).to.equal('thief')
  })
  const connectAndSteal = async (): Promise<void> => {
    const client = connect(server)
    clients.push(client)
    const spec = { holderIdentity: 'thief', leaseDurationSeconds: 60 }
    await client.resource(LEASES).mergePatch(ref, { spec })
  }

  it('takes over a dead leader however wrong its clock was', async () => {
    const wrong: Clock = { ...realClock, now: () => Date.now() + 86_400_000 }
    const a = candidate('a', { ...brief, clock: wrong })
    await a.elector.ready(a.stop.signal)
    // It dies without a release: nothing of it reaches the server any more.
    server.fail({ status: 500, times: 1_000 })
    await a.ended
    server.clearFaults()
    const b = candidate('b', brief)
    await until(() => b.elector.isLeader())
    b.stop.abort()
    await b.ended
  })
})

describe('lease record', () => {
  const record = taken(undefined, 'a', 15_000, 0)

  it('writes times with six digits', () => {
    expect(microTime(Date.UTC(2026, 0, 2, 3, 4, 5, 6))).to.equal('2026-01-02T03:04:05.006000Z')
  })

  const cases: Record<string, [identity: string, nowMs: number, record: typeof record, boolean]> = {
    'the holder may': ['a', 1_000, record, true],
    'another may not while the lease runs': ['b', 15_000, record, false],
    'another may when it has run out': ['b', 15_001, record, true],
    'another may at once when it was released': ['b', 1, released(record, 0), true],
  }
  for (const [name, [identity, nowMs, seen, expected]] of Object.entries(cases)) {
    it(name, () => {
      expect(mayTake({ record: seen, atMs: 0 }, identity, nowMs)).to.equal(expected)
    })
  }

  it('counts the time from when a change was seen, by our own clock', () => {
    const first = observe({ record: undefined, atMs: 0 }, record, 500)
    expect(observe(first, { ...record }, 900).atMs).to.equal(500)
    expect(observe(first, { ...record, renewTime: 'later' }, 900).atMs).to.equal(900)
  })

  it('counts transitions, not renewals', () => {
    const renewed = taken(record, 'a', 15_000, 1_000)
    expect(renewed).to.include({ leaseTransitions: 0, acquireTime: record.acquireTime })
    expect(taken(renewed, 'b', 15_000, 2_000).leaseTransitions).to.equal(1)
  })
})
