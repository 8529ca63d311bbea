import { expect } from 'chai'
import { INGRESS_GATEWAYS, SIDECAR_SETS, TRAFFIC_INTERCEPTIONS } from '../api/v1beta1/kinds.ts'
import { completeSet, put, webPod } from '../cli/testing/cluster.ts'
import { PODS } from '../runtime/client/kinds.ts'
import type { FakeApiServer } from '../runtime/testing/apiserver.ts'
import { startFakeApiServer } from '../runtime/testing/apiserver.ts'
import { until } from '../runtime/testing/until.ts'
import type { FakeUser } from '../runtime/testing/users.ts'
import type { ConsoleOptions, RunningConsole } from './server.ts'
import type { ConsoleClient, Told } from './testing/client.ts'
import { createConsoleClient } from './testing/client.ts'
import { startTestConsole } from './testing/consoleWorld.ts'
import type { ActPreview, PodRow, SetRow } from './wire.ts'

const FOCUS = '/api/stream?cluster=east&set=mesh'
/** Nothing listens there. */
const NOWHERE = 'http://127.0.0.1:1'

describe('the stream of the console', () => {
  const users = new Map<string, FakeUser>()
  let server: FakeApiServer
  let running: RunningConsole
  let client: ConsoleClient
  let told: Told[]
  let stop: AbortController
  let listening: Promise<void>

  beforeEach(async () => {
    users.clear()
    server = await startFakeApiServer({
      kinds: [SIDECAR_SETS, TRAFFIC_INTERCEPTIONS, INGRESS_GATEWAYS],
      users,
    })
    put(server, completeSet('proxy:1'), [webPod('web-1', 'proxy:1')])
  })
  afterEach(async () => {
    stop.abort()
    await listening
    await running.close()
    await server.stop()
  })

  const start = async (options: Partial<ConsoleOptions> = {}, token?: string): Promise<void> => {
    const clusters = [
      { name: 'east', url: server.url },
      { name: 'west', url: NOWHERE },
    ]
    running = await startTestConsole(clusters, options)
    client = createConsoleClient(running)
    await (token === undefined ? client.signIn() : client.signInWith(token, ['east', 'west']))
    listen('/api/stream')
  }
  const listen = (path: string): void => {
    stop = new AbortController()
    told = []
    listening = collect(client.events(path, stop.signal))
  }
  const collect = async (events: AsyncGenerator<Told>): Promise<void> => {
    for await (const event of events) told.push(event)
  }
  const again = async (path: string): Promise<void> => {
    stop.abort()
    await listening
    listen(path)
  }
  const cluster = (name: string) =>
    told
      .flatMap(({ event, data }) => (event === 'cluster' && data.cluster === name ? [data] : []))
      .at(-1)
  const sets = (): readonly SetRow[] =>
    told.flatMap(({ event, data }) => (event === 'sets' ? [...data] : []))
  const pods = (): ReadonlyMap<string, PodRow> => {
    const known = new Map<string, PodRow>()
    for (const { event, data } of told) {
      if (event !== 'pods') continue
      for (const row of data.upsert) known.set(row.key, row)
      for (const key of data.gone) known.delete(key)
    }
    return known
  }

  it('shows the clusters that live while one is dead, and why that one is away', async () => {
    await start()
    await until(() => sets().some(({ cluster: name }) => name === 'east'))
    expect(cluster('east')).to.include({ state: 'connected', user: 'tester', version: 'v1.35.0' })
    await until(() => cluster('west')?.state === 'away')
    expect(cluster('west')?.reason).to.contain('ECONNREFUSED')
  })

  it('marks a cluster that hangs as away, keeps what it showed, and takes it back when it answers', async function () {
    this.timeout(120_000)
    await start({ probeDeadlineMs: 1_000 })
    await until(() => cluster('east')?.state === 'connected')
    server.fail({ path: /sidecarsets\?limit/, status: -1 })
    await until(() => cluster('east')?.state === 'away', { deadlineMs: 60_000 })
    expect(cluster('east')?.reason).to.contain('no answer in time')
    expect(told.some(({ event }) => event === 'setGone')).to.equal(false)
    await until(() => cluster('east')?.state === 'connected', { deadlineMs: 60_000 })
  })

  it('tells a set that changes, and one that goes', async () => {
    await start()
    await until(() => sets().length > 0)
    put(server, { ...completeSet('proxy:2'), metadata: { name: 'mesh', generation: 2 } }, [])
    await until(() => sets().at(-1)?.phase === 'Unobserved')
    server.remove(SIDECAR_SETS, { name: 'mesh' })
    await until(() => told.some(({ event }) => event === 'setGone'))
  })

  it('tells the pods of a set in pages, then what happens to each', async () => {
    for (let index = 0; index < 2_500; index++) server.put(PODS, webPod(`web-${index}`, 'proxy:1'))
    await start()
    await again(FOCUS)
    await until(() => told.some(({ event, data }) => event === 'pods' && data.complete === true))
    expect(pods().size).to.equal(2_500)
    const events = told.filter(({ event }) => event === 'pods').length
    server.put(PODS, webPod('web-7', 'proxy:2'))
    server.remove(PODS, { namespace: 'default', name: 'web-8' })
    await until(() => !pods().has('default/web-8'))
    expect(pods().get('default/web-7')?.revision).not.to.equal(
      pods().get('default/web-9')?.revision,
    )
    expect(told.filter(({ event }) => event === 'pods').length - events).to.be.at.most(2)
  })

  it('offers nothing that the user may not do, and says what may not be read', async () => {
    users.set('few', {
      username: 'vera',
      allows: ({ resource, verb }) => resource === 'sidecarsets' && verb !== 'patch',
    })
    await start({ signIn: 'token' }, 'few')
    await again(FOCUS)
    await until(() => sets().length > 0)
    expect(sets().at(-1)?.offers).to.deep.equal([])
    expect(cluster('east')?.user).to.equal('vera')
    expect(cluster('west')?.state).to.equal('signedOut')
    await until(() =>
      told.some(
        ({ event, data }) => event === 'notes' && data.join().includes('may not list pods'),
      ),
    )
    expect(server.requests.some(({ path }) => path === '/api/v1/pods')).to.equal(false)
  })

  it('ends when the token is not known any more, and says where', async () => {
    users.set('short', { username: 'vera' })
    await start({ signIn: 'token' }, 'short')
    await until(() => cluster('east')?.state === 'connected')
    users.delete('short')
    await until(() => cluster('east')?.state === 'signedOut')
    expect(cluster('east')?.reason).to.contain('does not know the user')
  })

  it('shows a gateway as what is rolled out, by its own name', async () => {
    server.put(INGRESS_GATEWAYS, {
      apiVersion: 'baton.dev/v1beta1',
      kind: 'IngressGateway',
      metadata: { name: 'edge', namespace: 'shop', generation: 1 },
      spec: {
        proxy: { name: 'proxy', image: 'envoy:1', command: ['/envoy'] },
        service: { ports: [{ port: 80 }] },
      },
    })
    await start()
    await until(() => sets().some(({ isGateway }) => isGateway))
    const row = sets().find(({ isGateway }) => isGateway)
    expect(row).to.include({ title: 'shop/edge', phase: 'Unobserved' })
    const set = row?.set ?? ''
    const { body } = await client.post(`/api/clusters/east/sets/${set}/preview`, { act: 'pause' })
    const act = { act: 'pause', seen: (body as ActPreview).seen }
    const done = await client.post(`/api/clusters/east/sets/${set}/act`, act)
    expect(done.status, JSON.stringify(done.body)).to.equal(200)
    const gateway = server.get(INGRESS_GATEWAYS, { namespace: 'shop', name: 'edge' })
    expect(gateway?.spec.updateStrategy?.paused).to.equal(true)
  })

  it('ends with the session, and says why', async () => {
    await start({ sessionMs: 3_000 })
    await until(() => told.some(({ event }) => event === 'ended'))
    const [ended] = told.flatMap(({ event, data }) => (event === 'ended' ? [data] : []))
    expect(ended?.code).to.equal('SessionExpired')
  })

  it('leaves nothing behind when the reader goes', async () => {
    await start()
    await again(FOCUS)
    await until(() => server.openWatches() === 4)
    stop.abort()
    await listening
    await until(() => server.openWatches() === 3)
  })
})
