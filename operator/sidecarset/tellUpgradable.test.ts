import { expect } from 'chai'
import { until } from '../../runtime/testing/until.ts'
import { hotProxy } from '../testing/build.ts'
import type { World } from '../testing/world.ts'
import { startWorld } from '../testing/world.ts'

const v1 = [hotProxy('proxy:1')]
const changed = [{ ...hotProxy('proxy:1'), command: ['/other'] }]

describe('the operator tells pods that only new ones can replace', function () {
  this.timeout(120_000)
  let world: World

  beforeEach(async () => {
    world = await startWorld()
    world.addPods(2, v1)
    world.putSet({ containers: v1 })
    world.startOperator()
    await until(() => world.set().status?.updatedPods === 2)
  })
  afterEach(() => world.stop())

  const told = (name: string): string | undefined =>
    world.pod(name).status?.conditions?.find(({ type }) => type === 'SidecarSetUpgradable')?.status

  it('once each, and takes it back when the spec does', async () => {
    world.putSet({ containers: changed })
    await until(() => told('web-0') === 'False' && told('web-1') === 'False')
    await until(() => world.set().status?.observedGeneration === 2)
    expect(world.podWrites()).to.deep.equal(['PATCH web-0/status', 'PATCH web-1/status'])
    world.putSet({ containers: v1 })
    await until(() => told('web-0') === 'True' && told('web-1') === 'True')
  })

  it('though one of them cannot be written', async () => {
    world.server.fail({ method: 'PATCH', path: /pods\/web-0\/status/, status: 403, times: 100 })
    world.putSet({ containers: changed })
    await until(() => told('web-1') === 'False')
    world.server.clearFaults()
    await until(() => told('web-0') === 'False', { deadlineMs: 60_000 })
  })
})
