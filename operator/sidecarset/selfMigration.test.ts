import { expect } from 'chai'
import { POD_CONDITION } from '../../api/group.ts'
import type { Pod } from '../../runtime/client/kinds.ts'
import { until } from '../../runtime/testing/until.ts'
import { selfMigrating } from '../testing/build.ts'
import { startWorld } from '../testing/world.ts'
import type { World } from '../testing/world.ts'

const s1 = [selfMigrating('sidecar:1')]
const s2 = [selfMigrating('sidecar:2')]
const SLOTS = ['sidecar-1', 'sidecar-2']

describe('the operator with sidecars that migrate by themselves', function () {
  this.timeout(120_000)
  let world: World
  afterEach(async () => {
    await world.stop()
  })

  const reason = (type: string): string =>
    world.set().status?.conditions?.find((one) => one.type === type)?.reason ?? ''
  const isComplete = (): boolean =>
    reason('Progressing') === 'RolloutCompleted' &&
    world.set().status?.observedGeneration === world.set().metadata.generation
  const completed = (): Promise<unknown> => until(isComplete, { deadlineMs: 60_000 })
  const images = (pod: Pod): readonly string[] =>
    SLOTS.map((slot) => pod.spec?.containers.find(({ name }) => name === slot)?.image ?? '')
  const restarts = (pod: Pod): readonly number[] =>
    SLOTS.map(
      (slot) => pod.status?.containerStatuses?.find(({ name }) => name === slot)?.restartCount ?? 0,
    )
  const result = (name: string): string =>
    world.pod(name).status?.conditions?.find((one) => one.type === POD_CONDITION)?.message ?? ''

  async function ready(pods: number): Promise<void> {
    world.addPods(pods, s1)
    world.putSet({ containers: s1 })
    world.startOperator()
    await completed()
  }

  it('upgrades every pod with three writes each', async () => {
    world = await startWorld()
    await ready(2)
    world.putSet({ containers: s2 })
    await completed()
    const writes = ['web-0', 'web-1'].flatMap((pod) => [
      `PATCH ${pod}`,
      `PATCH ${pod}`,
      `PATCH ${pod}/status`,
    ])
    expect([...world.podWrites()].sort()).to.deep.equal(writes.sort())
    for (const name of ['web-0', 'web-1']) {
      expect(images(world.pod(name))).to.deep.equal(['empty:1', 'sidecar:2'])
      expect(restarts(world.pod(name))).to.deep.equal([1, 1])
      expect(result(name)).to.contain('settled. sidecar moved from sidecar-1 to sidecar-2')
    }
    expect(world.node.switches).to.deep.equal([])
  })

  it('keeps one pod in flight at a time until its old slot is idle', async () => {
    let most = 0
    world = await startWorld()
    await ready(3)
    world.putSet({ containers: s2 })
    await until(
      () => {
        const pods = ['web-0', 'web-1', 'web-2'].map((name) => world.pod(name))
        const twice = pods.filter((pod) => !images(pod).includes('empty:1')).length
        most = Math.max(most, twice)
        return isComplete() && world.podWrites().length === 9
      },
      { deadlineMs: 60_000 },
    )
    expect(most).to.equal(1)
  })

  it('D1: leaves the old slot alone when the new image fails, and heals the pod', async () => {
    world = await startWorld({ crashingImages: new Set(['sidecar:bad']) })
    await ready(2)
    world.putSet({ containers: [selfMigrating('sidecar:bad')] })
    await until(() => reason('Degraded') === 'RolledBack', { deadlineMs: 60_000 })
    expect(images(world.pod('web-0'))).to.deep.equal(['sidecar:1', 'empty:1'])
    expect(result('web-0')).to.contain('failed (MigrationFailed). sidecar stays on sidecar-1')
    await until(() => restarts(world.pod('web-0'))[1] === 2)
    expect(restarts(world.pod('web-0'))[0]).to.equal(0)
    expect(restarts(world.pod('web-1'))).to.deep.equal([0, 0])

    world.putSet({ containers: s2 })
    await completed()
    expect(images(world.pod('web-0'))).to.deep.equal(['empty:1', 'sidecar:2'])
  })

  it('rolls pods back that were upgraded before another one failed', async () => {
    const crashing = new Set<string>()
    world = await startWorld({ crashingImages: crashing })
    await ready(2)
    world.putSet({ containers: s2, updateStrategy: { partition: 1 } })
    await until(() => reason('Progressing') === 'PartitionReached')
    crashing.add('sidecar:2')
    world.putSet({ containers: s2 })
    await until(() => reason('Degraded') === 'RolledBack', { deadlineMs: 60_000 })
    const all = ['web-0', 'web-1'].map((name) => [...images(world.pod(name))].sort())
    expect(all).to.deep.equal([
      ['empty:1', 'sidecar:1'],
      ['empty:1', 'sidecar:1'],
    ])
  })

  it('D2: brings a pod to its end whose labels the set does not select any more', async () => {
    let held = true
    world = await startWorld({ holdRestarts: () => held })
    await ready(1)
    world.putSet({ containers: s2 })
    await until(() => images(world.pod('web-0'))[1] === 'sidecar:2')
    world.putSet({ containers: s2, spec: { selector: { matchLabels: { app: 'other' } } } })
    await until(() => world.set().status?.matchedPods === 0)
    held = false
    await until(() => result('web-0') !== '')
    expect(images(world.pod('web-0'))).to.deep.equal(['empty:1', 'sidecar:2'])
  })

  it('D5: gives such a pod up at the deadline, though nothing happens to it', async () => {
    let held = false
    world = await startWorld({ holdRestarts: () => held })
    await ready(1)
    held = true
    const updateStrategy = { progressDeadlineSeconds: 1 }
    world.putSet({ containers: s2, updateStrategy })
    await until(() => images(world.pod('web-0'))[1] === 'sidecar:2')
    const selector = { matchLabels: { app: 'other' } }
    world.putSet({ containers: s2, updateStrategy, spec: { selector } })
    await until(() => images(world.pod('web-0'))[1] === 'empty:1', { deadlineMs: 60_000 })
    expect(result('web-0')).to.contain('failed (MigrationDeadlineExceeded)')
    expect(images(world.pod('web-0'))).to.deep.equal(['sidecar:1', 'empty:1'])
  })

  describe('killed between two writes', () => {
    async function killedAfter(writes: number, ended: () => boolean): Promise<void> {
      world.addPods(1, s1)
      world.putSet({ containers: s1 })
      const first = world.startOperator()
      await completed()
      const path = /\/namespaces\/default\/pods\//
      world.server.fail({ method: 'PATCH', path, status: 0, after: writes, times: 1_000_000 })
      world.putSet({ containers: s2 })
      await until(() => world.podWrites().length > writes, { deadlineMs: 60_000 })
      await first.stop()
      world.server.clearFaults()
      world.startOperator()
      await until(ended, { deadlineMs: 60_000 })
    }
    for (const writes of [0, 1, 2]) {
      it(`comes to the same end after write ${writes} of 3`, async () => {
        world = await startWorld()
        await killedAfter(writes, isComplete)
        expect(images(world.pod('web-0'))).to.deep.equal(['empty:1', 'sidecar:2'])
        // Each slot was restarted once: no write was made twice.
        expect(restarts(world.pod('web-0'))).to.deep.equal([1, 1])
      })
    }
    // Start, result, the resize past the kubelet's back-off, and the way back.
    for (const writes of [1, 2, 3]) {
      it(`comes to the same end after write ${writes} of 4 of an upgrade that fails`, async () => {
        world = await startWorld({ crashingImages: new Set(['sidecar:2']) })
        await killedAfter(writes, () => reason('Degraded') === 'RolledBack')
        expect(images(world.pod('web-0'))).to.deep.equal(['sidecar:1', 'empty:1'])
        await until(() => restarts(world.pod('web-0'))[1] === 2)
        expect(restarts(world.pod('web-0'))[0]).to.equal(0)
      })
    }
  })
})
