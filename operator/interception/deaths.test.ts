import { expect } from 'chai'
import { until } from '../../runtime/testing/until.ts'
import { startInterceptionWorld } from '../testing/interceptionWorld.ts'
import type { InterceptionWorld } from '../testing/interceptionWorld.ts'

const all = { rollout: { maxUnavailable: '100%' } }
const oneByOne = { rollout: { maxUnavailable: 1 } }

describe('an operator that dies between any two writes of a toggle', function () {
  this.timeout(120_000)
  let world: InterceptionWorld
  afterEach(async () => {
    await world.stop()
  })

  const reason = (type: string, name?: string): string => world.condition(type, name)?.reason ?? ''
  /** Lets `count` writes through, then none: the operator that meets that is replaced by another. */
  async function diesAfter(count: number, what: () => Promise<unknown>): Promise<boolean> {
    const begun = world.server.requests.length
    const operator = world.startOperator()
    const path = /trafficinterceptions|\/pods\//
    world.server.fail({ method: 'PATCH', path, status: 0, times: 1_000_000, after: count })
    const writes = (): number =>
      world.server.requests
        .slice(begun)
        .filter((one) => one.method === 'PATCH' && path.test(one.path)).length
    const met = await until(
      async () => {
        if (writes() > count) return 'dead'
        return (await isTrue(what)) ? 'done' : undefined
      },
      { deadlineMs: 60_000 },
    )
    await operator.stop()
    world.server.clearFaults()
    return met === 'dead'
  }
  const isTrue = async (what: () => Promise<unknown>): Promise<boolean> => {
    try {
      return (await what()) === true
    } catch {
      return false
    }
  }

  it('another one goes on where it stopped, and no pod is toggled twice', async () => {
    for (let count = 0; ; count++) {
      world = await startInterceptionWorld()
      world.addSwitchablePods(2)
      world.putInterception({ spec: oneByOne })
      const isDone = () =>
        Promise.resolve(
          reason('Progressing') === 'RolloutCompleted' &&
            (world.interception().metadata.finalizers ?? []).length === 1,
        )
      const died = await diesAfter(count, isDone)
      world.startOperator()
      await world.completed()
      await world.told('web-0: on enabled', 'web-1: on enabled')
      expect(world.node.toggles, `after ${count} writes`).to.deep.equal(['web-0: on', 'web-1: on'])
      if (!died) {
        expect(count).to.be.greaterThan(4)
        return
      }
      await world.stop()
    }
  })

  it('and a deletion comes to its end', async () => {
    for (let count = 0; ; count++) {
      world = await startInterceptionWorld()
      world.addSwitchablePods(2)
      world.putInterception({ spec: all })
      const first = world.startOperator()
      await world.completed()
      await first.stop()
      await world.deleteInterception()
      const died = await diesAfter(count, () => Promise.resolve(!world.hasInterception()))
      world.startOperator()
      await until(() => !world.hasInterception(), { deadlineMs: 60_000 })
      await world.told('web-0: off disabled', 'web-1: off disabled')
      expect(world.node.toggles.slice(2).toSorted()).to.deep.equal(['web-0: off', 'web-1: off'])
      if (!died) {
        expect(count).to.be.greaterThan(3)
        return
      }
      await world.stop()
    }
  })
})
