import { expect } from 'chai'
import type { Client } from '../client/client.ts'
import { PODS } from '../client/kinds.ts'
import type { Pod } from '../client/kinds.ts'
import { createMetrics } from '../metrics/metrics.ts'
import { startFakeApiServer } from '../testing/apiserver.ts'
import type { FakeApiServer } from '../testing/apiserver.ts'
import { aPod } from '../testing/build.ts'
import { connect } from '../testing/connect.ts'
import { until } from '../testing/until.ts'
import { createInformer } from './informer.ts'
import type { Informer, InformerOptions } from './informer.ts'

describe('informer', () => {
  let server: FakeApiServer
  let client: Client
  let stop: AbortController
  let running: Promise<void>[]

  beforeEach(async () => {
    server = await startFakeApiServer({ bookmarkIntervalMs: 50 })
    client = connect(server)
    stop = new AbortController()
    running = []
  })
  afterEach(async () => {
    stop.abort()
    await Promise.all(running)
    await client.transport.close()
    await server.stop()
  })

  const start = async (options: Partial<InformerOptions<Pod>> = {}): Promise<Informer<Pod>> => {
    const informer = createInformer({
      resource: client.resource(PODS),
      random: () => 0.99,
      ...options,
    })
    running.push(informer.run(stop.signal))
    await informer.ready(stop.signal)
    return informer
  }
  const lists = (): number =>
    server.requests.filter((r) => r.query['watch'] !== 'true' && r.path === '/api/v1/pods').length

  it('holds what was there and what comes', async () => {
    server.put(PODS, aPod('a'))
    const informer = await start()
    expect(informer.hasSynced()).to.equal(true)
    expect(informer.get('default/a')).to.have.nested.property('metadata.name', 'a')
    server.put(PODS, aPod('b'))
    await until(() => informer.get('default/b'))
    server.remove(PODS, { namespace: 'default', name: 'a' })
    await until(() => informer.get('default/a') === undefined)
    expect(informer.list()).to.have.length(1)
  })

  it('tells handlers what was and what is, and replays what it holds', async () => {
    server.put(PODS, aPod('a', { labels: { v: '1' } }))
    const informer = await start()
    const seen: string[] = []
    const label = (pod?: Pod): string => pod?.metadata.labels?.['v'] ?? '-'
    informer.onChange((key, before, after) => seen.push(`${key} ${label(before)}>${label(after)}`))
    server.put(PODS, aPod('a', { labels: { v: '2' } }))
    server.remove(PODS, { namespace: 'default', name: 'a' })
    await until(() => seen.length === 3)
    expect(seen).to.deep.equal(['default/a ->1', 'default/a 1>2', 'default/a 2>-'])
  })

  it('survives a handler that throws', async () => {
    const informer = await start()
    const seen: string[] = []
    informer.onChange(() => {
      throw new Error('a bad handler')
    })
    informer.onChange((key) => seen.push(key))
    server.put(PODS, aPod('a'))
    await until(() => seen.length === 1)
  })

  it('lists in pages and watches from the version of the list', async () => {
    for (let i = 0; i < 1_200; i++) server.put(PODS, aPod(`p${i}`))
    const informer = await start()
    expect(informer.list()).to.have.length(1_200)
    expect(lists()).to.equal(3)
    const watch = await until(() => server.requests.find((r) => r.query['watch'] === 'true'))
    expect(watch.query).to.include({ allowWatchBookmarks: 'true', timeoutSeconds: '597' })
    expect(watch.query['resourceVersion']).to.equal('2200')
  })

  it('goes on from the last version when the watch breaks, without a new list', async () => {
    const informer = await start()
    await until(() => server.openWatches() === 1)
    server.dropWatches()
    server.put(PODS, aPod('during'))
    await until(() => informer.get('default/during'))
    expect(lists()).to.equal(1)
  })

  it('lists again after 410 and finds what it missed', async () => {
    server.put(PODS, aPod('gone'))
    const informer = await start()
    const seen: string[] = []
    informer.onChange((key, _before, after) =>
      seen.push(`${key} ${after === undefined ? 'removed' : 'there'}`),
    )
    await until(() => server.openWatches() === 1)
    // The watch cannot come back before history is lost.
    server.fail({ path: /watch=true/, status: 500 })
    server.dropWatches()
    server.remove(PODS, { namespace: 'default', name: 'gone' })
    server.put(PODS, aPod('new'))
    server.compact()
    await until(() => informer.get('default/new'), { deadlineMs: 60_000 })
    expect(seen).to.deep.equal(['default/gone there', 'default/gone removed', 'default/new there'])
    expect(lists()).to.equal(2)
  })

  it('leaves a half-dead link and catches up', async () => {
    const informer = await start({ idleTimeoutMs: 200 })
    await until(() => server.openWatches() === 1)
    server.stallWatches(true)
    // This event is swallowed: only a new watch can bring it.
    server.put(PODS, aPod('unheard'))
    await until(() => server.openWatches() === 0, { deadlineMs: 60_000 })
    server.stallWatches(false)
    await until(() => informer.get('default/unheard'), { deadlineMs: 60_000 })
  })

  it('keeps the newest of events that come late or twice', async () => {
    const informer = await start()
    await until(() => server.openWatches() === 1)
    const label = (): string | undefined => informer.get('default/a')?.metadata.labels?.['v']
    for (const how of ['shuffle', 'repeat'] as const) {
      server.disturbWatches(how)
      for (let v = 0; v < 40; v++) server.put(PODS, aPod('a', { labels: { v: `${how} ${v}` } }))
      server.put(PODS, aPod('end', { labels: { how } }))
      await until(() => informer.get('default/end')?.metadata.labels?.['how'] === how)
      await until(() => label() === `${how} 39`)
    }
  })

  it('comes up when the server does', async () => {
    server.fail({ status: 503, times: 8 })
    server.put(PODS, aPod('a'))
    const informer = await start()
    expect(informer.get('default/a')).not.to.equal(undefined)
  }).timeout(90_000)

  it('drops managedFields and what the transform drops', async () => {
    server.put(PODS, aPod('a', { managedFields: [{ manager: 'x' }], labels: { a: 'b' } }))
    const informer = await start({
      transform: (pod) => ({ ...pod, metadata: { ...pod.metadata, labels: {} } }),
    })
    const metadata = informer.get('default/a')?.metadata
    expect(metadata).not.to.have.property('managedFields')
    expect(metadata?.labels).to.deep.equal({})
  })

  it('sees an object leave its label selector as a removal', async () => {
    server.put(PODS, aPod('a', { labels: { in: 'yes' } }))
    const informer = await start({ labelSelector: 'in=yes' })
    expect(informer.list()).to.have.length(1)
    server.put(PODS, aPod('a', { labels: { in: 'no' } }))
    await until(() => informer.list().length === 0)
  })

  it('keeps its indexes in step', async () => {
    const informer = await start({ indexers: { name: (pod) => [pod.metadata.name] } })
    server.put(PODS, aPod('a'))
    await until(() => informer.byIndex('name', 'a').length === 1)
    server.remove(PODS, { namespace: 'default', name: 'a' })
    await until(() => informer.byIndex('name', 'a').length === 0)
  })

  it('shows its size and when it last heard of the server', async () => {
    const metrics = createMetrics()
    server.put(PODS, aPod('a'))
    const informer = await start({ metrics })
    const text = await metrics.text()
    expect(text).to.contain('reflector_items{name="pods"} 1')
    expect(text).to.contain('reflector_lists_total{name="pods"} 1')
    expect(text).to.match(/reflector_last_event_age_seconds\{name="pods"\} 0\.?\d*/)
    expect(informer.check()).to.equal(undefined)
  })
})
