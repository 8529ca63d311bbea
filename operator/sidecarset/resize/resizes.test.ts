import { expect } from 'chai'
import { PODS } from '../../../runtime/client/kinds.ts'
import type { Pod } from '../../../runtime/client/kinds.ts'
import { until } from '../../../runtime/testing/until.ts'
import { largeProxy } from '../../testing/build.ts'
import { startWorld } from '../../testing/world.ts'
import type { World } from '../../testing/world.ts'
import { findContainer } from '../rollout/podStatus.ts'

const v1 = [largeProxy('proxy:1')]
const v2 = [largeProxy('proxy:2')]
const FULL = '200m/256Mi'
const STANDBY = '10m/16Mi'
const RESIZE = 'PATCH web-0/resize'
const PATCH = 'PATCH web-0'
const STATUS = 'PATCH web-0/status'

describe('the operator with slots that cost something', function () {
  this.timeout(120_000)
  let world: World
  afterEach(async () => {
    await world.stop()
  })

  const size = (slot: string): string => sizeOf(world.pod('web-0'), slot)
  const sizes = (): readonly string[] => [size('proxy-1'), size('proxy-2')]
  const atRest = (serving: 'proxy-1' | 'proxy-2'): Promise<unknown> => {
    const wanted = serving === 'proxy-1' ? [FULL, STANDBY] : [STANDBY, FULL]
    return until(() => isComplete() && sizes().join() === wanted.join(), {
      deadlineMs: 60_000,
      what: `${serving} large, the other one small`,
    })
  }
  const isComplete = (): boolean => {
    const { metadata, status } = world.set()
    return (
      status?.observedGeneration === metadata.generation &&
      status?.updatedReadyPods === status?.matchedPods &&
      status?.upgradingPods === 0
    )
  }
  async function begin(options: Parameters<typeof startWorld>[0] = {}): Promise<void> {
    world = await startWorld(options)
    world.addPods(1, v1)
    world.putSet({ containers: v1 })
    world.startOperator()
    await until(isComplete)
  }

  it('grows the slot that will serve before its new image, and shrinks the old one at the end', async () => {
    await begin()
    expect(sizes()).to.deep.equal([FULL, STANDBY])
    let sizeAtImage = ''
    const watching = setInterval(() => {
      const pod = world.pod('web-0')
      const image = findContainer(pod, 'proxy-2')?.container.image
      if (sizeAtImage === '' && image === 'proxy:2') sizeAtImage = sizeOf(pod, 'proxy-2')
    }, 1)
    world.putSet({ containers: v2 })
    await atRest('proxy-2')
    clearInterval(watching)
    expect(sizeAtImage).to.equal(FULL)
    expect(world.podWrites()).to.deep.equal([RESIZE, PATCH, STATUS, RESIZE])
    expect(limitsOf(world.pod('web-0'))).to.deep.equal(['512Mi', '512Mi'])
  })

  it('rolls back first and resizes both slots afterwards', async () => {
    await begin()
    world.putSet({ containers: v2 })
    await atRest('proxy-2')
    const before = world.podWrites().length
    world.putSet({ containers: v1 })
    await atRest('proxy-1')
    const writes = world.podWrites().slice(before)
    expect(writes[0], 'nothing comes before the switch').to.equal(PATCH)
    expect(writes).to.include(STATUS)
    expect(writes.length).to.be.within(3, 4)
  })

  it('leaves the old slot large while it drains', async () => {
    let drains = true
    await begin({ holdDrains: () => drains })
    world.putSet({ containers: v2 })
    await until(isComplete)
    await until(() => world.podWrites().length === 3)
    expect(sizes()).to.deep.equal([FULL, FULL])
    drains = false
    await atRest('proxy-2')
  })

  it('makes way for an image that returns too soon in the same write', async () => {
    await begin()
    for (const image of ['proxy:2', 'proxy:3']) {
      world.putSet({ containers: [largeProxy(image)] })
      await atRest(image === 'proxy:2' ? 'proxy-2' : 'proxy-1')
    }
    // proxy-2 had it less than ten minutes ago, with the requests of a slot that serves.
    world.putSet({ containers: [largeProxy('proxy:4')] })
    await atRest('proxy-2')
    world.putSet({ containers: [largeProxy('proxy:5')] })
    await atRest('proxy-1')
    const before = world.podWrites().length
    world.putSet({ containers: v2 })
    await until(() => isComplete() && size('proxy-1') === STANDBY)
    expect(world.podWrites().slice(before)).to.deep.equal([RESIZE, PATCH, STATUS, RESIZE])
    expect(size('proxy-2')).to.equal('200m/257Mi')
  })

  for (const status of [403, 404, 422]) {
    it(`goes on, and says so, where the API server answers a resize with ${status}`, async () => {
      await begin()
      world.server.fail({ method: 'PATCH', path: /pods\/web-0\/resize/, status, times: 1_000_000 })
      world.putSet({ containers: v2 })
      await until(isComplete, { deadlineMs: 60_000 })
      expect(sizes()).to.deep.equal([FULL, STANDBY])
      await until(() => world.events().includes('Pod web-0: ResizeRefused'))
      const attempts = (): number => world.podWrites().filter((one) => one === RESIZE).length
      const settled = attempts()
      // Looks again and again, as deadlines make it do, and asks no more.
      world.putSet({ containers: v2, updateStrategy: { maxUnavailable: 2 } })
      await until(isComplete)
      expect(attempts()).to.equal(settled)
      expect(condition(world.pod('web-0'))).to.contain('refuses the resize')
    })
  }

  it('does not wait for a resize that the node can never carry out', async () => {
    await begin({ resizes: () => 'Infeasible' })
    world.putSet({ containers: v2 })
    await until(isComplete, { deadlineMs: 60_000 })
    expect(world.podWrites().slice(0, 3)).to.deep.equal([RESIZE, PATCH, STATUS])
    expect(condition(world.pod('web-0'))).to.contain("Node didn't have enough capacity")
    await until(() => world.events().includes('Pod web-0: ResizeRefused'))
  })

  describe('killed between two writes of an upgrade', () => {
    const writes = [RESIZE, PATCH, STATUS, RESIZE]
    for (let survived = 1; survived < writes.length; survived++) {
      it(`goes on after write ${survived}`, async () => {
        let hold = true
        world = await startWorld({
          // Until the first operator is gone, nothing may let it come to its next write.
          holdHandovers: () => hold && survived === 2,
          holdDrains: () => hold && survived === 3,
          resizes: () => (hold && survived === 1 ? 'Deferred' : undefined),
        })
        world.addPods(1, v1)
        world.putSet({ containers: v1 })
        const first = world.startOperator()
        await until(isComplete)
        world.putSet({ containers: v2 })
        await until(() => world.podWrites().length === survived, { deadlineMs: 60_000 })
        await first.stop()
        hold = false
        world.startOperator()
        await atRest('proxy-2')
        expect(world.podWrites()).to.deep.equal(writes)
        expect(world.node.switches).to.have.length(1)
      })
    }
  })

  describe('a container in the crash back-off of the kubelet', () => {
    const hold = (restartCount: number, name = 'proxy-1'): void => {
      const pod = world.pod('web-0')
      const containerStatuses = (pod.status?.containerStatuses ?? []).map((status) =>
        status.name === name
          ? { ...status, restartCount, state: { waiting: { reason: 'CrashLoopBackOff' } } }
          : status,
      )
      world.server.put(PODS, { ...pod, status: { ...pod.status, containerStatuses } })
    }
    const resizes = (): number => world.podWrites().filter((one) => one === RESIZE).length

    it('is let go by one resize of 1 Mi', async () => {
      await begin()
      hold(2)
      await until(() => size('proxy-1') === '200m/257Mi')
      await until(() => world.events().includes('Pod web-0: BackOffEnded'))
      // The kubelet takes a while: the same back-off is not ended again.
      world.putSet({ containers: v1, updateStrategy: { maxUnavailable: 2 } })
      await until(isComplete)
      expect(resizes()).to.equal(1)
    })

    it('is let go in the agent’s container too, and while nothing may be upgraded', async () => {
      await begin()
      world.putSet({ containers: v1, updateStrategy: { paused: true } })
      hold(2, 'baton-agent')
      await until(() => size('baton-agent').endsWith('49Mi'))
    })

    it('is left to the kubelet after five times in ten minutes', async () => {
      await begin()
      for (let restarts = 2; restarts < 7; restarts++) {
        hold(restarts)
        await until(() => resizes() === restarts - 1)
      }
      hold(7)
      world.putSet({ containers: v1, updateStrategy: { maxUnavailable: 2 } })
      await until(isComplete)
      expect(size('proxy-1')).to.equal('200m/261Mi')
    })
  })
})

function sizeOf(pod: Pod, slot: string): string {
  const { requests } = findContainer(pod, slot)?.container.resources ?? {}
  return `${requests?.['cpu'] ?? ''}/${requests?.['memory'] ?? ''}`
}

function limitsOf(pod: Pod): readonly (string | undefined)[] {
  return ['proxy-1', 'proxy-2'].map(
    (slot) => findContainer(pod, slot)?.container.resources?.limits?.['memory'],
  )
}

function condition(pod: Pod): string {
  return pod.status?.conditions?.find(({ type }) => type === 'baton.dev/Sidecars')?.message ?? ''
}
