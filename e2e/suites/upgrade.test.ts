import { expect } from 'chai'
import type { Pod } from '../../runtime/client/kinds.ts'
import type { KernelCounters, Summary } from '../../test/ledger/index.ts'
import { diff, lightProfile, standardProfile } from '../../test/ledger/index.ts'
import { untilSent } from '../observe/load.ts'
import { PodProcesses } from '../observe/processes.ts'
import { watchReadiness } from '../observe/readiness.ts'
import type { MeshApp } from '../workload/deploy.ts'
import { deployMesh } from '../workload/deploy.ts'
import { useEnvironment } from './sharedEnvironment.ts'
import { expectLossless, report } from './verdict.ts'

const MINUTE_MS = 60_000

describe('hot upgrade of a sidecar in running pods', () => {
  const environment = useEnvironment()
  let app: MeshApp | undefined

  afterEach('remove the app', async function () {
    this.timeout(2 * MINUTE_MS)
    await app?.remove()
    app = undefined
  })

  it('loses no request over 3 upgrades and a rollback of 3 replicas', async function () {
    this.timeout(8 * MINUTE_MS)
    const { client, cluster, workloads, nodeAccess } = environment()
    app = await deployMesh(environment(), {
      name: 'lossless',
      image: workloads.envoy('1.36.4'),
      replicas: 3,
      updateStrategy: { maxUnavailable: 1 },
    })
    const pods = await app.pods()
    const processes = new PodProcesses(cluster)
    const counters = (): Promise<ReadonlyMap<string, KernelCounters>> =>
      nodeAccess ? countersOf(processes, pods) : Promise.resolve(new Map())
    const before = await counters()
    const readiness = await watchReadiness(client, app.name)
    const direct = await app.loadPods(standardProfile({ scale: 0.35, stream: false }))
    const service = await app.loadService(lightProfile({ scale: 0.5 }))
    try {
      for (const version of ['1.38.3', '1.39.3', '1.40.0', '1.39.3'] as const) {
        const generation = await app.rollout.setImage(workloads.envoy(version))
        const status = await app.rollout.completed(generation, 2 * MINUTE_MS)
        expect(status.failedPods ?? 0, `failed pods at ${version}`).to.equal(0)
      }
      await untilSent([direct, service], 20_500)
    } finally {
      const summaries = await Promise.all([direct.stop(), service.stop()])
      await readiness.stop()
      report('by pod IP', summaries[0])
      report('through the Service', summaries[1])
      expectLossless(summaries[0])
      expectLossless(summaries[1])
      expect(summaries[0].total.sent + summaries[1].total.sent).to.be.at.least(20_000)
    }
    expect(readiness.changes(), 'changes of Ready and of EndpointSlices').to.deep.equal([])
    for (const [name, after] of await counters()) {
      const risen = diff(before.get(name) ?? {}, after)
      expect(risen.ListenDrops, `${name} ListenDrops`).to.equal(0)
      expect(risen.ListenOverflows, `${name} ListenOverflows`).to.equal(0)
      expect(risen.TCPReqQFullDrop, `${name} TCPReqQFullDrop`).to.equal(0)
      expect(risen.TCPAbortOnMemory, `${name} TCPAbortOnMemory`).to.equal(0)
    }
    const restarted = (await app.pods()).flatMap((pod) => restarts(pod, 'app'))
    expect(restarted, 'restarts of app containers').to.deep.equal([0, 0, 0])
  })

  it('sees loss when the same change is a ColdUpgrade', async function () {
    this.timeout(4 * MINUTE_MS)
    const { workloads } = environment()
    app = await deployMesh(environment(), {
      name: 'cold-control',
      image: workloads.envoy('1.38.3'),
      replicas: 3,
      upgradeType: 'ColdUpgrade',
    })
    const summary = await upgradeUnderLoad(app, workloads.envoy('1.40.0'))
    report('ColdUpgrade', summary)
    expect(summary.total.lost, 'lost by the control').to.be.above(0)
  })

  it('sees loss when draining is turned off', async function () {
    this.timeout(4 * MINUTE_MS)
    const { workloads } = environment()
    app = await deployMesh(environment(), {
      name: 'undrained-control',
      image: workloads.envoy('1.38.3'),
      replicas: 3,
      drain: { method: { signal: { name: 'SIGTERM' } }, timerSeconds: 1, maxSeconds: 1 },
      // The cuts are the point: nobody is to stop the rollout because of them.
      updateStrategy: { canary: { analysis: { budget: { enabled: false } } } },
    })
    const summary = await upgradeUnderLoad(app, workloads.envoy('1.40.0'))
    report('without draining', summary)
    expect(summary.total.lost, 'lost by the control').to.be.above(0)
  })
})

/** Enough requests in flight at every moment that a cut cannot miss them all. */
const LONG_REQUESTS = { kind: 'slow', perSecond: 8, durationMs: 2000 } as const

async function upgradeUnderLoad(app: MeshApp, image: string): Promise<Summary> {
  const load = await app.loadPods([...standardProfile({ scale: 0.35 }), LONG_REQUESTS])
  try {
    const generation = await app.rollout.setImage(image)
    await app.rollout.completed(generation, 2 * MINUTE_MS)
  } catch (error) {
    load.abort()
    throw error
  }
  return load.stop()
}

async function countersOf(
  processes: PodProcesses,
  pods: readonly Pod[],
): Promise<ReadonlyMap<string, KernelCounters>> {
  const counters = new Map<string, KernelCounters>()
  for (const pod of pods) {
    counters.set(pod.metadata.name, await processes.kernelCounters(pod, 'app'))
  }
  return counters
}

function restarts(pod: Pod, container: string): readonly number[] {
  const statuses = pod.status?.containerStatuses ?? []
  return statuses.filter(({ name }) => name === container).map(({ restartCount }) => restartCount)
}
