import { expect } from 'chai'
import { TRAFFIC_INTERCEPTIONS } from '../../api/v1beta1/kinds.ts'
import { until } from '../../runtime/testing/until.ts'
import { startInterceptionWorld } from '../testing/interceptionWorld.ts'
import type { InterceptionWorld } from '../testing/interceptionWorld.ts'

const all = { rollout: { maxUnavailable: '100%' } }

describe('a TrafficInterception that is deleted', function () {
  this.timeout(120_000)
  let world: InterceptionWorld
  afterEach(async () => {
    await world.stop()
  })

  it('switches its pods off gracefully before it goes', async () => {
    let held = false
    world = await startInterceptionWorld({ holdToggles: () => held })
    world.addSwitchablePods(2)
    world.putInterception({ spec: all })
    world.startOperator()
    await world.completed()
    held = true
    await world.deleteInterception()
    await world.told('web-0: off open', 'web-1: off open')
    expect(world.hasInterception()).to.equal(true)
    held = false
    await until(() => !world.hasInterception(), { deadlineMs: 60_000 })
    await world.told('web-0: off disabled', 'web-1: off disabled')
    expect(world.node.toggles.slice(2).toSorted()).to.deep.equal(['web-0: off', 'web-1: off'])
  })

  it('lets one that intercepts nothing go at once', async () => {
    world = await startInterceptionWorld()
    world.addSwitchablePods(1)
    world.putInterception()
    world.startOperator()
    await world.completed()
    world.putInterception({ enabled: false })
    await world.completed()
    await until(() => (world.interception().metadata.finalizers ?? []).length === 0)
    await world.deleteInterception()
    expect(world.hasInterception()).to.equal(false)
  })

  it('switches pods off whose object was torn away', async () => {
    world = await startInterceptionWorld()
    world.addSwitchablePods(1)
    world.putInterception()
    const first = world.startOperator()
    await world.completed()
    await first.stop()
    world.server.remove(TRAFFIC_INTERCEPTIONS, { namespace: 'default', name: 'web' })
    world.startOperator()
    await world.told('web-0: off disabled')
  })

  it('switches a pod off that the selector has left', async () => {
    world = await startInterceptionWorld()
    world.addSwitchablePods(2)
    world.putInterception({ spec: all })
    world.startOperator()
    await world.completed()
    world.putInterception({ spec: { ...all, podNames: ['web-1'] } })
    await world.told('web-0: off disabled', 'web-1: on enabled')
  })
})
