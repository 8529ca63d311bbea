import { expect } from 'chai'
import { POD_CONDITION } from '../../api/group.ts'
import { SIDECAR_SETS } from '../../api/v1beta1/kinds.ts'
import { until } from '../../runtime/testing/until.ts'
import { hotProxy } from '../testing/build.ts'
import { startWorld } from '../testing/world.ts'
import type { World } from '../testing/world.ts'
import { FINALIZER } from './finalizer.ts'

const v1 = [hotProxy('proxy:1')]
const v2 = [hotProxy('proxy:2')]

describe('the deletion of a SidecarSet', function () {
  this.timeout(120_000)
  let world: World
  let held: boolean
  beforeEach(() => {
    held = true
  })
  afterEach(async () => {
    await world.stop()
  })

  const result = (name: string): string =>
    world.pod(name).status?.conditions?.find((one) => one.type === POD_CONDITION)?.message ?? ''
  const isHeld = (): boolean => world.set().metadata.finalizers?.includes(FINALIZER) === true
  const isUp = (): boolean => world.set().status?.currentRevision !== undefined

  /** One of two pods is in flight, and stays so while `held`. */
  async function inMidUpgrade(updateStrategy = {}): Promise<void> {
    world = await startWorld({ holdHandovers: () => held })
    world.addPods(2, v1)
    world.putSet({ containers: v1 })
    world.startOperator()
    await until(isUp)
    world.putSet({ containers: v2, updateStrategy })
    await until(() => world.podWrites().length === 1)
  }

  it('D2: in mid-rollout lets the pod in flight finish, starts no other, and records the result', async () => {
    await inMidUpgrade()
    expect(isHeld()).to.equal(true)
    await world.deleteSet()
    await until(() => world.set().metadata.deletionTimestamp !== undefined)
    held = false
    await until(() => !world.hasSet())
    expect(result('web-0')).to.contain('settled. proxy serves from proxy-2 with proxy:2')
    expect(world.podWrites()).to.deep.equal(['PATCH web-0', 'PATCH web-0/status'])
    await until(() => world.events().includes('Pod web-0: HandedOver'))
  })

  it('takes a pod back whose upgrade fails meanwhile', async () => {
    world = await startWorld({ holdHandovers: () => held, brokenImages: new Set(['proxy:2']) })
    world.addPods(1, v1)
    world.putSet({ containers: v1 })
    world.startOperator()
    await until(isUp)
    world.putSet({ containers: v2 })
    await until(() => world.podWrites().length === 1)
    await world.deleteSet()
    held = false
    await until(() => !world.hasSet())
    expect(world.podWrites()).to.deep.equal(['PATCH web-0', 'PATCH web-0/status', 'PATCH web-0'])
    expect(result('web-0')).to.contain('failed (ProxyExited)')
  })

  it('goes at once when no pod is in flight: nothing holds the set then', async () => {
    await inMidUpgrade()
    held = false
    await until(() => world.set().status?.updatedPods === 2 && !isHeld(), { deadlineMs: 60_000 })
    await world.deleteSet()
    expect(world.hasSet()).to.equal(false)
  })

  it('waits no longer than the progress deadline', async () => {
    await inMidUpgrade({ progressDeadlineSeconds: 1 })
    await world.deleteSet()
    await until(() => !world.hasSet())
    expect(result('web-0')).to.equal('')
    // Its pods are not forgotten for that.
    held = false
    await until(() => result('web-0') !== '')
    expect(result('web-0')).to.contain('settled. proxy serves from proxy-2')
  })

  it('leaves no pod halfway when the set is torn away from its operator', async () => {
    await inMidUpgrade()
    world.server.remove(SIDECAR_SETS, { name: 'mesh' })
    held = false
    await until(() => result('web-0') !== '')
    expect(result('web-0')).to.contain('settled. proxy serves from proxy-2')
    expect(world.podWrites()).to.deep.equal(['PATCH web-0', 'PATCH web-0/status'])
  })

  it('finds pods finished where the finalizer could not be written', async () => {
    world = await startWorld({ holdHandovers: () => held })
    world.addPods(1, v1)
    world.putSet({ containers: v1 })
    world.startOperator()
    await until(isUp)
    const path = /sidecarsets\/mesh\?/
    world.server.fail({ method: 'PATCH', path, status: 500, times: 1_000_000 })
    world.putSet({ containers: v2 })
    await until(() => world.podWrites().length === 1, { deadlineMs: 60_000 })
    expect(isHeld()).to.equal(false)
    await world.deleteSet()
    expect(world.hasSet()).to.equal(false)
    held = false
    await until(() => result('web-0') !== '')
  })

  it('is finished by another operator when the first one dies in the middle of it', async () => {
    world = await startWorld({ holdHandovers: () => held })
    world.addPods(1, v1)
    world.putSet({ containers: v1 })
    const first = world.startOperator()
    await until(isUp)
    world.putSet({ containers: v2 })
    await until(() => world.podWrites().length === 1)
    await world.deleteSet()
    await first.stop()
    held = false
    expect(world.hasSet()).to.equal(true)
    world.startOperator()
    await until(() => !world.hasSet(), { deadlineMs: 60_000 })
    expect(result('web-0')).to.contain('settled')
  })
})
