import { expect } from 'chai'
import type { Client } from '../client/client.ts'
import { EVENTS } from '../client/kinds.ts'
import type { Pod } from '../client/kinds.ts'
import { createManualClock } from '../clock/manualClock.ts'
import { createMetrics } from '../metrics/metrics.ts'
import { startFakeApiServer } from '../testing/apiserver.ts'
import type { FakeApiServer } from '../testing/apiserver.ts'
import { aPod } from '../testing/build.ts'
import { connect } from '../testing/connect.ts'
import { until } from '../testing/until.ts'
import { createEventRecorder } from './recorder.ts'
import { createRecentMap } from './recentMap.ts'

describe('event recorder', () => {
  let server: FakeApiServer
  let client: Client
  let stop: AbortController
  const pod: Pod = { ...aPod('web', { uid: 'u1' }), apiVersion: 'v1', kind: 'Pod' }

  beforeEach(async () => {
    server = await startFakeApiServer()
    client = connect(server)
    stop = new AbortController()
  })
  afterEach(async () => {
    await client.transport.close()
    await server.stop()
  })
  const lines = (): string[] =>
    server
      .list(EVENTS)
      .map((e) => `${e.type ?? ''} ${e.reason ?? ''} ${e.message ?? ''} x${e.count ?? 0}`)

  it('writes an event about an object', async () => {
    const recorder = createEventRecorder({ client, component: 'tester' })
    const ended = recorder.run(stop.signal)
    recorder.event(pod, 'Normal', 'Upgraded', 'the sidecar was upgraded')
    const event = await until(() => server.list(EVENTS)[0])
    expect(event.involvedObject).to.include({ kind: 'Pod', name: 'web', uid: 'u1' })
    expect(event).to.include({ reportingComponent: 'tester', count: 1 })
    expect(event.metadata).to.include({ namespace: 'default' })
    expect(event.firstTimestamp).to.match(/:\d\dZ$/)
    stop.abort()
    await ended
  })

  it('counts what repeats instead of writing it anew', async () => {
    const recorder = createEventRecorder({ client, component: 'tester' })
    const ended = recorder.run(stop.signal)
    recorder.event(pod, 'Warning', 'Failed', 'no answer')
    await until(() => lines().length === 1)
    for (let i = 0; i < 3; i++) recorder.event(pod, 'Warning', 'Failed', 'no answer')
    recorder.event(pod, 'Warning', 'Failed', 'another')
    await until(() => lines().length === 2 && lines().includes('Warning Failed no answer x4'))
    stop.abort()
    await ended
  })

  it('writes anew what the server has forgotten', async () => {
    const recorder = createEventRecorder({ client, component: 'tester' })
    const ended = recorder.run(stop.signal)
    recorder.event(pod, 'Normal', 'Seen', 'once')
    const first = await until(() => server.list(EVENTS)[0])
    server.remove(EVENTS, first.metadata)
    recorder.event(pod, 'Normal', 'Seen', 'once')
    await until(() => lines().includes('Normal Seen once x1'))
    stop.abort()
    await ended
  })

  it('lets one object make no more than 25 at once, and counts the rest', async () => {
    const metrics = createMetrics()
    const recorder = createEventRecorder({ client, component: 'tester', metrics })
    const ended = recorder.run(stop.signal)
    for (let i = 0; i < 30; i++) recorder.event(pod, 'Normal', 'Noise', `number ${i}`)
    stop.abort()
    await ended
    expect(lines()).to.have.length(25)
    expect(await metrics.text()).to.contain('events_discarded_total{why="rate"} 5')
  })

  it('writes what is left when it is stopped', async () => {
    const recorder = createEventRecorder({ client, component: 'tester' })
    recorder.event(pod, 'Normal', 'Last', 'words')
    stop.abort()
    await recorder.run(stop.signal)
    expect(lines()).to.deep.equal(['Normal Last words x1'])
  })

  it('paces what is normal after a burst, and lets no warning wait for it', async () => {
    const clock = createManualClock(1_000)
    const recorder = createEventRecorder({ client, component: 'tester', clock })
    const ended = recorder.run(stop.signal)
    for (let i = 0; i < 150; i++) {
      const one: Pod = { ...aPod(`web-${i}`, { uid: `u${i}` }), apiVersion: 'v1', kind: 'Pod' }
      recorder.event(one, 'Normal', 'HandedOver', 'done')
    }
    await until(() => lines().length === 100)
    recorder.event(pod, 'Warning', 'Failed', 'no answer')
    await until(() => lines().length === 101)
    expect(lines()).to.include('Warning Failed no answer x1')
    // One more every thirtieth of a second.
    for (let i = 0; i < 3; i++) await clock.advance(35)
    await until(() => lines().length === 104)
    stop.abort()
    await ended
    expect(lines()).to.have.length(151)
  })

  it('tells an end alone when its beginning still waits, and both when it does not', async () => {
    const clock = createManualClock(1_000)
    const metrics = createMetrics()
    const ends = { HandedOver: 'UpgradeStarted' }
    const told = { client, component: 'tester', clock, metrics, ends }
    const recorder = createEventRecorder({ ...told, normalPerSecond: 1 })
    const ended = recorder.run(stop.signal)
    const about = (name: string): Pod => ({
      ...aPod(name, { uid: name }),
      apiVersion: 'v1',
      kind: 'Pod',
    })
    recorder.event(about('first'), 'Normal', 'UpgradeStarted', 'begins')
    for (let i = 0; i < 99; i++) recorder.event(about(`web-${i}`), 'Normal', 'Other', 'fills')
    await until(() => lines().length === 100)
    recorder.event(about('late'), 'Normal', 'UpgradeStarted', 'begins')
    recorder.event(about('other'), 'Normal', 'UpgradeStarted', 'begins')
    for (const name of ['first', 'late'])
      recorder.event(about(name), 'Normal', 'HandedOver', 'ends')
    stop.abort()
    await ended
    const names = (reason: string): string[] =>
      server
        .list(EVENTS)
        .filter((event) => event.reason === reason)
        .map(({ involvedObject }) => involvedObject.name ?? '')
        .sort()
    expect(names('UpgradeStarted')).to.deep.equal(['first', 'other'])
    expect(names('HandedOver')).to.deep.equal(['first', 'late'])
    expect(await metrics.text()).to.contain('events_discarded_total{why="overtaken"} 1')
  })

  it('goes on when an event is refused', async () => {
    const metrics = createMetrics()
    const recorder = createEventRecorder({ client, component: 'tester', metrics })
    const ended = recorder.run(stop.signal)
    server.fail({ method: 'POST', status: 403 })
    recorder.event(pod, 'Normal', 'One', 'is refused')
    recorder.event(pod, 'Normal', 'Two', 'is not')
    await until(() => lines().length === 1)
    expect(lines()).to.deep.equal(['Normal Two is not x1'])
    expect(await metrics.text()).to.contain('events_discarded_total{why="failed"} 1')
    stop.abort()
    await ended
  })
})

describe('recent map', () => {
  it('forgets what was used longest ago', () => {
    const map = createRecentMap<number>(2)
    map.set('a', 1)
    map.set('b', 2)
    map.get('a')
    map.set('c', 3)
    expect([map.get('a'), map.get('b'), map.get('c')]).to.deep.equal([1, undefined, 3])
  })
})
