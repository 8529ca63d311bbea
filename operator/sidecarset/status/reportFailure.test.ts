import { expect } from 'chai'
import { EVENTS } from '../../../runtime/client/kinds.ts'
import { until } from '../../../runtime/testing/until.ts'
import { hotProxy } from '../../testing/build.ts'
import { startWorld } from '../../testing/world.ts'
import type { World } from '../../testing/world.ts'

describe('the operator that cannot do its work', function () {
  this.timeout(120_000)
  let world: World
  afterEach(async () => {
    await world.stop()
  })

  it('says so in a condition and an event with the reason, and goes on when it can', async () => {
    const progressing = () =>
      world.set().status?.conditions?.find((one) => one.type === 'Progressing')
    world = await startWorld()
    world.addPods(1, [hotProxy('proxy:1')])
    world.server.fail({ method: 'POST', path: /controllerrevisions/, status: 403, times: 1_000 })
    world.putSet({ containers: [hotProxy('proxy:1')] })
    world.startOperator()
    await until(() => progressing()?.reason === 'ReconcileFailed', { deadlineMs: 60_000 })
    expect(progressing()).to.include({ status: 'False' })
    expect(progressing()?.message).to.match(/^the operator tries again: .*403/)
    const event = () => world.server.list(EVENTS).find((one) => one.reason === 'ReconcileFailed')
    expect(await until(event)).to.include({ type: 'Warning', count: 1 })
    world.server.clearFaults()
    await until(() => progressing()?.reason === 'RolloutCompleted', { deadlineMs: 60_000 })
  })
})
