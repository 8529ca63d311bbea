import { expect } from 'chai'
import { standardProfile } from '../../test/ledger/index.ts'
import { watchReadiness } from '../observe/readiness.ts'
import type { MeshApp } from '../workload/deploy.ts'
import { deployMesh } from '../workload/deploy.ts'
import { useEnvironment } from './sharedEnvironment.ts'
import { expectLossless, report } from './verdict.ts'

const TWO_MINUTES_MS = 120_000

describe('many upgrades of one pod in a short time', () => {
  const environment = useEnvironment()
  let app: MeshApp | undefined

  afterEach(async function () {
    this.timeout(120_000)
    await app?.remove()
  })

  it('five upgrades and rollbacks within two minutes meet no crash back-off', async function () {
    this.timeout(300_000)
    const { client, workloads } = environment()
    app = await deployMesh(environment(), {
      name: 'repeat',
      image: workloads.envoy('1.36.4'),
      replicas: 1,
    })
    const [{ metadata: pod } = { metadata: { name: '' } }] = await app.pods()
    const readiness = await watchReadiness(client, app.name)
    const load = await app.loadPods(standardProfile({ scale: 0.3 }))
    const began = Date.now()
    // The last two bring images back into slots that ran them a moment ago: the kubelet's trap.
    for (const version of ['1.38.3', '1.36.4', '1.40.0', '1.38.3', '1.36.4'] as const) {
      const generation = await app.rollout.setImage(workloads.envoy(version))
      await app.rollout.completed(generation)
    }
    const tookMs = Date.now() - began
    const summary = await load.stop()
    await readiness.stop()
    report(`five changes in ${(tookMs / 1000).toFixed(0)} s`, summary)
    expect(tookMs, 'ms for five changes').to.be.below(TWO_MINUTES_MS)
    expectLossless(summary)
    expect(readiness.changes(), 'changes of Ready and of EndpointSlices').to.deep.equal([])
    const [after] = await app.pods()
    expect(after?.metadata.name, 'the pod is still the same').to.equal(pod.name)
    const waiting = (after?.status?.containerStatuses ?? []).map(({ state }) => state?.waiting)
    expect(waiting.filter((state) => state !== undefined)).to.deep.equal([])
  })
})
