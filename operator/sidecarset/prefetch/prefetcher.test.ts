import { expect } from 'chai'
import { PODS } from '../../../runtime/client/kinds.ts'
import type { Pod } from '../../../runtime/client/kinds.ts'
import { createManualClock } from '../../../runtime/clock/manualClock.ts'
import { startFakeApiServer } from '../../../runtime/testing/apiserver.ts'
import type { FakeApiServer } from '../../../runtime/testing/apiserver.ts'
import { connect } from '../../../runtime/testing/connect.ts'
import type { Client } from '../../../runtime/client/client.ts'
import { aSet } from '../../testing/build.ts'
import { createPrefetcher } from './prefetcher.ts'
import type { Prefetcher } from './prefetcher.ts'

const set = aSet()
const { signal } = new AbortController()
const none: ReadonlySet<string> = new Set()
const wanted = (...nodes: readonly string[]) => nodes.map((node) => ({ node, image: 'proxy:2' }))

describe('the prefetcher', () => {
  let server: FakeApiServer
  let client: Client
  beforeEach(async () => {
    server = await startFakeApiServer()
    client = connect(server)
  })
  afterEach(async () => {
    await client.transport.close()
    await server.stop()
  })

  const create = (pullsAtATime = 2): Prefetcher =>
    createPrefetcher({
      pods: client.resource(PODS),
      agentImage: 'agent:1',
      namespace: 'baton-system',
      clock: createManualClock(Date.now()),
      prefetchPods: () => server.list(PODS),
      inUse: () => false,
      pullsAtATime,
    })
  const nodes = (): readonly string[] => server.list(PODS).map((pod) => pod.spec?.nodeName ?? '')
  const pull = (node: string): void => {
    const pod = server.list(PODS).find((one) => one.spec?.nodeName === node)
    if (pod === undefined) throw new Error(`nobody pulls on ${node}`)
    server.put(PODS, { ...pod, status: pulledOnce })
  }
  const pulledOnce: NonNullable<Pod['status']> = {
    phase: 'Succeeded',
    containerStatuses: [
      {
        ...{ name: 'image', image: 'proxy:2', imageID: 'x', ready: false, restartCount: 0 },
        state: { terminated: { exitCode: 0 } },
      },
    ],
  }

  it('lets no more nodes pull at the same time than it is told', async () => {
    const prefetcher = create()
    const all = wanted('a', 'b', 'c', 'd')
    await prefetcher.ensure(set, all, none, signal)
    await prefetcher.ensure(set, all, none, signal)
    expect([...nodes()].sort()).to.deep.equal(['a', 'b'])
    pull('a')
    await prefetcher.ensure(set, wanted('b', 'c', 'd'), none, signal)
    expect([...nodes()].sort()).to.deep.equal(['b', 'c'])
  })
  it('keeps what has pulled while its rollout goes on, for an operator that takes over', async () => {
    await create().ensure(set, wanted('a'), none, signal)
    pull('a')
    await create().ensure(set, [], new Set(['proxy:2']), signal)
    expect(nodes()).to.deep.equal(['a'])
    expect(create().look(set)('a', 'proxy:2')).to.deep.equal({ kind: 'present' })
    await create().ensure(set, [], none, signal)
    expect(nodes()).to.deep.equal([])
  })
})
