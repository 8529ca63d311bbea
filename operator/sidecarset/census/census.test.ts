import { expect } from 'chai'
import fc from 'fast-check'
import { SIDECAR_SETS, INGRESS_GATEWAYS } from '../../../api/v1beta1/kinds.ts'
import type { StoredSidecarSet } from '../../../api/v1beta1/kinds.ts'
import { createClient } from '../../../runtime/client/client.ts'
import { NAMESPACES, PODS } from '../../../runtime/client/kinds.ts'
import type { Pod } from '../../../runtime/client/kinds.ts'
import { startFakeApiServer } from '../../../runtime/testing/apiserver.ts'
import type { FakeApiServer } from '../../../runtime/testing/apiserver.ts'
import { until } from '../../../runtime/testing/until.ts'
import { createTransport } from '../../../runtime/transport/transport.ts'
import type { Transport } from '../../../runtime/transport/transport.ts'
import { aRevision, aSet, injectedPod } from '../../testing/build.ts'
import { v1, v2 } from '../../testing/planning.ts'
import { createCaches } from '../caches.ts'
import type { Caches } from '../caches.ts'
import { createPodViews } from '../rollout/podViews.ts'
import type { ViewPod } from '../rollout/podViews.ts'
import { createCensus } from './census.ts'
import type { Taken } from './division.ts'

const revisions = { v1: aRevision(v1, 1), v2: aRevision(v2, 2) }

describe('the census of a set', function () {
  this.timeout(120_000)
  let server: FakeApiServer
  let caches: Caches
  let stop: AbortController
  let transport: Transport
  let running: Promise<unknown>
  beforeEach(async () => {
    server = await startFakeApiServer({ kinds: [SIDECAR_SETS, INGRESS_GATEWAYS] })
    server.put(NAMESPACES, { metadata: { name: 'default', labels: { team: 'a' } } })
    transport = createTransport({
      kubeConfig: server.kubeConfig(),
      userAgent: 'test',
      fieldManager: 'test',
    })
    const client = createClient({ transport })
    caches = createCaches({ client, namespace: 'baton-system', shared: {} })
    stop = new AbortController()
    running = Promise.all([caches.pods.run(stop.signal), caches.namespaces.run(stop.signal)])
    await Promise.all([caches.pods.ready(stop.signal), caches.namespaces.ready(stop.signal)])
  })
  afterEach(async () => {
    stop.abort()
    await running.catch(() => undefined)
    await transport.close()
    await server.stop()
  })

  /** Until the cache has what the server has. */
  const inStep = (): Promise<unknown> =>
    until(() => {
      const versions = (pods: readonly Pod[]): string =>
        JSON.stringify(pods.map(({ metadata }) => [metadata.name, metadata.resourceVersion]).sort())
      const labels = server.get(NAMESPACES, { name: 'default' })?.metadata.labels?.['team']
      const isSame = caches.namespaces.get('default')?.metadata.labels?.['team'] === labels
      return isSame && versions(caches.pods.list()) === versions(server.list(PODS))
    })

  const changes = {
    old: (name: string) => server.put(PODS, injectedPod(name, v1)),
    updated: (name: string) => server.put(PODS, injectedPod(name, v2)),
    notReady: (name: string) => server.put(PODS, injectedPod(name, v2, { ready: false })),
    left: (name: string) => server.put(PODS, injectedPod(name, v2, { labels: { app: 'other' } })),
    withoutSet: (name: string) =>
      server.put(PODS, { metadata: { name, namespace: 'default', labels: { app: 'web' } } }),
    ended: (name: string) => {
      server.remove(PODS, { namespace: 'default', name })
    },
    moved: (name: string) => {
      const team = ['p0', 'p1', 'p2'].includes(name) ? 'b' : 'a'
      server.put(NAMESPACES, { metadata: { name: 'default', labels: { team } } })
    },
  }
  const acts = fc.record({
    what: fc.constantFrom<keyof typeof changes>(
      ...(Object.keys(changes) as (keyof typeof changes)[]),
      ...(['updated', 'moved'] as const),
    ),
    pod: fc.integer({ min: 0, max: 4 }),
    revision: fc.constantFrom('v1', 'v2', 'v2', 'v2'),
    isNarrow: fc.boolean(),
  })

  it('says of whatever has happened what one says that counts everybody anew', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(acts, { maxLength: 3 }), { maxLength: 8 }),
        async (rounds) => {
          const viewOf = createPodViews()
          const census = createCensus({ caches, viewOf })
          for (const round of rounds) {
            for (const { what, pod } of round) changes[what](`p${pod}`)
            await inStep()
            const { revision, isNarrow } = round.at(-1) ?? { revision: 'v2', isNarrow: false }
            const set = isNarrow ? narrow : aSet({ containers: v2 })
            const latest = revisions[revision]
            const anew = createCensus({ caches, viewOf }).take(set, latest)
            expect(told(census.take(set, latest))).to.deep.equal(told(anew))
          }
        },
      ),
      { numRuns: 25 },
    )
  })

  it('counts anew when a namespace has other labels', async () => {
    changes.updated('p0')
    await inStep()
    const census = createCensus({ caches, viewOf: createPodViews() })
    expect(census.take(narrow, revisions.v2).settled.count).to.equal(1)
    changes.moved('p0')
    await inStep()
    expect(census.take(narrow, revisions.v2).leaving).to.have.length(1)
  })

  it('looks at the pods that have changed, and at no other', async () => {
    const many = 300
    for (let at = 0; at < many; at++) server.put(PODS, injectedPod(`p${at}`, v2))
    await inStep()
    const looked: string[] = []
    const views = createPodViews()
    const viewOf: ViewPod = (pod, set) => {
      looked.push(pod.metadata.name)
      return views(pod, set)
    }
    const census = createCensus({ caches, viewOf })
    const take = (): Taken => census.take(aSet({ containers: v2 }), revisions.v2)
    expect(take().settled.count).to.equal(many)
    expect(looked).to.have.length(many)
    looked.length = 0
    expect(take().settled.count).to.equal(many)
    expect(looked).to.deep.equal([])
    changes.notReady('p7')
    changes.old('p8')
    await inStep()
    const { restless, settled } = take()
    expect(looked.sort()).to.deep.equal(['p7', 'p8'])
    expect(restless.map(({ metadata }) => metadata.name).sort()).to.deep.equal(['p7', 'p8'])
    expect(settled.count).to.equal(many - 2)
  })
})

/** Only those whose namespace is of team a. */
const narrow: StoredSidecarSet = aSet({
  containers: v2,
  spec: { namespaceSelector: { matchLabels: { team: 'a' } } },
})

function told({ restless, settled, leaving }: Taken): unknown {
  const names = (pods: readonly Pod[]): string[] => pods.map(({ metadata }) => metadata.name).sort()
  return {
    restless: names(restless),
    leaving: names(leaving),
    settled: names(settled.views().map(({ pod }) => pod)),
    count: settled.count,
    byWorkload: Object.fromEntries([...settled.byWorkload].sort()),
    lastUpdate: settled.lastUpdate,
  }
}
