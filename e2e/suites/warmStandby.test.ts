import { expect } from 'chai'
import type { HandoverStatus } from '../../api/agentStatus.ts'
import type { Pod } from '../../runtime/client/kinds.ts'
import type { Lane, Load } from '../../test/ledger/index.ts'
import { standardProfile } from '../../test/ledger/index.ts'
import type { Orders } from '../bench/orders.ts'
import { watchOrders } from '../bench/orders.ts'
import { waitFor } from '../environment/wait.ts'
import { agentStatus } from '../observe/agents.ts'
import { event } from '../observe/events.ts'
import { untilSent } from '../observe/load.ts'
import { PodProcesses } from '../observe/processes.ts'
import { watchReadiness } from '../observe/readiness.ts'
import { slotsOf, watchSlotSizes } from '../observe/slotSizes.ts'
import type { MeshApp } from '../workload/deploy.ts'
import { deployMesh } from '../workload/deploy.ts'
import { useEnvironment } from './sharedEnvironment.ts'
import { expectLossless, report } from './verdict.ts'

const OLD = '1.38.3'
const NEW = '1.40.0'
/** Between the PATCH of the pod and the old version serving again. */
const ROLLBACK_LIMIT_SECONDS = 1
/** Two looks of the kubelet at its containers. */
const REST_MS = 2000
/** In flight at every moment, for longer than a rollback takes. */
const LONG_REQUESTS = { kind: 'slow', perSecond: 2, durationMs: 8000 } as const

describe('the warm standby', () => {
  const environment = useEnvironment()
  let app: MeshApp
  let orders: Orders
  let running: Load | undefined

  before('deploy an app of one replica', async function () {
    this.timeout(180_000)
    app = await deployMesh(environment(), {
      name: 'standby',
      image: environment().workloads.envoy(OLD),
      replicas: 1,
    })
    orders = await watchOrders(environment().client, app.name)
  })

  afterEach(() => {
    running?.abort()
  })

  after('remove it', async function () {
    this.timeout(120_000)
    await orders.stop()
    await app.remove()
  })

  it('grows before it gets a new version; the old slot shrinks when it has drained', async function () {
    this.timeout(120_000)
    const { client, workloads } = environment()
    const sizes = await watchSlotSizes(client, app.name)
    try {
      expect(slotsOf(await thePod())).to.match(/proxy-1 .* 20m\/64Mi .*proxy-2 .* 10m\/16Mi/)
      const load = await begin(standardProfile({ scale: 0.2 }))
      await app.rollout.completed(await app.rollout.setImage(workloads.envoy(NEW)))
      await sized('proxy-2')
      const summary = await load.stop()
      report('upgrade with resizes', summary)
      const history = sizes.history()
      for (const state of history) process.stdout.write(`        ${state}\n`)
      const firstWithImage = history.find((state) => state.includes(`proxy-2 ${NEW}`)) ?? ''
      expect(firstWithImage, 'asked for and had when the image came').to.contain(
        `proxy-2 ${NEW} 20m/64Mi (20m/64Mi)`,
      )
      expectLossless(summary)
    } finally {
      await sizes.stop()
    }
  })

  it('serves again within a second of a rollback, and grows afterwards', async function () {
    this.timeout(120_000)
    const { workloads } = environment()
    const load = await begin(standardProfile({ scale: 0.3 }))
    const seconds: number[] = []
    for (const version of [OLD, NEW, OLD] as const) {
      await app.rollout.completed(await app.rollout.setImage(workloads.envoy(version)))
      const { servingAt } = await handover()
      seconds.push((Date.parse(servingAt ?? '') - orders.last()) / 1000)
      await sized(version === OLD ? 'proxy-1' : 'proxy-2')
      await atRest()
    }
    const summary = await load.stop()
    report(`rollbacks by swapping, PATCH to serving ${spread(seconds)}`, summary)
    expectLossless(summary)
    expect(Math.min(...seconds)).to.be.below(ROLLBACK_LIMIT_SECONDS)
  })

  it('does not wait for the drain when a version comes back in the middle of it', async function () {
    this.timeout(120_000)
    const { workloads } = environment()
    const load = await begin([...standardProfile({ scale: 0.2 }), LONG_REQUESTS])
    await waitFor('long requests in flight', 20_000, async () =>
      (await load.snapshot()).total.pending >= 8 ? true : undefined,
    )
    await app.rollout.setImage(workloads.envoy('1.36.4'))
    const upgrade = await waitFor('the drain of the old version', 60_000, async () => {
      const { phase, ...one } = await handover()
      return phase === 'Draining' && one.connectionsLeft > 0 ? one : undefined
    })
    const generation = await app.rollout.setImage(workloads.envoy(OLD))
    const back = await waitFor('the old version serving again', 60_000, async () => {
      const one = await handover()
      return one.id !== upgrade.id && one.servingAt !== undefined ? one : undefined
    })
    const left = (await load.snapshot()).kinds.slow?.pending ?? 0
    const tookSeconds = (Date.parse(back.servingAt ?? '') - orders.last()) / 1000
    await app.rollout.completed(generation)
    const summary = await load.stop()
    report(`rollback in mid-drain, PATCH to serving ${tookSeconds.toFixed(2)} s`, summary)
    expectLossless(summary)
    expect(left, 'long requests in flight when the old version served again').to.be.above(0)
    expect(tookSeconds, 'seconds, when the drain takes 8').to.be.below(5)
  })

  it('takes four changes in a row without a pod that is not ready', async function () {
    this.timeout(120_000)
    const { client, workloads } = environment()
    const readiness = await watchReadiness(client, app.name)
    const load = await begin(standardProfile({ scale: 0.2 }))
    const began = Date.now()
    for (const version of [NEW, OLD, NEW, OLD] as const) {
      await app.rollout.completed(await app.rollout.setImage(workloads.envoy(version)))
    }
    const tookSeconds = (Date.now() - began) / 1000
    const summary = await load.stop()
    await readiness.stop()
    report(`four changes in ${tookSeconds.toFixed(0)} s`, summary)
    expectLossless(summary)
    expect(readiness.changes(), 'changes of Ready and of EndpointSlices').to.deep.equal([])
  })

  it('is upgraded without more where a quota refuses it, and says so', async function () {
    this.timeout(120_000)
    const { client, kubectl, workloads } = environment()
    const quota = ['quota', 'no-more', '-n', app.name]
    // What the pod requests now, and less than a slot would grow by.
    await kubectl(['create', ...quota, '--hard=requests.memory=200Mi'])
    await waitFor('the quota knows what is used', 30_000, async () => {
      const used = await kubectl(['get', ...quota, '-o', 'jsonpath={.status.used}'])
      return used.includes('requests.memory') ? true : undefined
    })
    const load = await begin(standardProfile({ scale: 0.2 }))
    await app.rollout.completed(await app.rollout.setImage(workloads.envoy('1.39.3')))
    const { metadata } = await thePod()
    const told = await event(client, metadata.name, 'ResizeRefused')
    const summary = await load.stop()
    report(`a refused resize: ${told.message.slice(0, 160)}`, summary)
    expectLossless(summary)
    expect(told.message).to.contain('exceeded quota')
    await kubectl(['delete', ...quota])
  })

  it('sees loss with the same load when the serving process is killed', async function () {
    this.timeout(60_000)
    const { cluster, nodeAccess } = environment()
    if (!nodeAccess) this.skip()
    const processes = new PodProcesses(cluster)
    const pod = await thePod()
    const active = (await agentStatus(pod))?.containers['proxy']?.active ?? ''
    const load = await begin([...standardProfile({ scale: 0.2 }), LONG_REQUESTS])
    await untilSent([load], 300)
    await processes.killAll(await processes.children(pod, active))
    await untilSent([load], 500)
    const summary = await load.stop()
    report('control: kill -9', summary)
    expect(summary.total.lost, 'lost by the control').to.be.above(0)
  })

  async function begin(lanes: readonly Lane[]): Promise<Load> {
    running = await app.loadPods(lanes)
    return running
  }

  async function thePod(): Promise<Pod> {
    const [pod] = await app.pods()
    if (pod === undefined) throw new Error('the app has no pod')
    return pod
  }

  async function handover(): Promise<HandoverStatus> {
    const pod = await thePod()
    return waitFor('an answer of the agent', 10_000, async () => {
      return (await agentStatus(pod))?.containers['proxy']?.handover ?? undefined
    })
  }

  /**
   * Waits until nothing of the pod has changed for a while. After each thing that it does for a pod
   * the kubelet looks at its containers anew before it does the next (`GetNewerThan` of its pod
   * cache; the look comes once a second), and an order waits for that too.
   */
  async function atRest(): Promise<void> {
    let version = ''
    let since = Date.now()
    await waitFor(`no change of the pod for ${REST_MS / 1000} s`, 30_000, async () => {
      const { resourceVersion = '' } = (await thePod()).metadata
      if (resourceVersion !== version) since = Date.now()
      version = resourceVersion
      return Date.now() - since > REST_MS ? true : undefined
    })
  }

  /** Waits until one slot asks for and has what it should, and the other one next to nothing. */
  async function sized(serving: 'proxy-1' | 'proxy-2'): Promise<void> {
    const small = '10m/16Mi (10m/16Mi)'
    const large = '20m/64Mi (20m/64Mi)'
    let seen = ''
    await waitFor(
      `${serving} large and the other slot small`,
      40_000,
      async () => {
        seen = slotsOf(await thePod())
        const [first = '', second = ''] = seen.split(', ')
        const [active, idle] = serving === 'proxy-1' ? [first, second] : [second, first]
        return active.endsWith(large) && idle.endsWith(small) ? true : undefined
      },
      () => seen,
    )
  }
})

function spread(seconds: readonly number[]): string {
  return seconds.map((one) => one.toFixed(2)).join(' / ') + ' s'
}
