import { expect } from 'chai'
import { setTimeout as delay } from 'node:timers/promises'
import { PODS } from '../../runtime/client/kinds.ts'
import { until } from '../../runtime/testing/until.ts'
import { hotProxy } from '../testing/build.ts'
import { startWorld } from '../testing/world.ts'
import type { World } from '../testing/world.ts'

describe('what a plan writes', function () {
  this.timeout(120_000)
  let world: World
  afterEach(async () => {
    await world.stop()
  })

  const updateStrategy = { maxUnavailable: 1, prefetchImages: false }
  const upgraded = async (): Promise<void> => {
    await until(() => world.set().status?.updatedReadyPods === 2, { deadlineMs: 60_000 })
  }

  it('begins with the ends, and starts none in the room of a pod whose end is refused', async () => {
    world = await startWorld()
    world.addPods(2, [hotProxy('proxy:1')])
    world.putSet({ containers: [hotProxy('proxy:1')], updateStrategy })
    world.startOperator()
    await upgraded()
    const ends = { method: 'PATCH', path: /pods\/web-\d\/status/, status: 422, times: 1_000 }
    world.server.fail(ends)
    world.putSet({ containers: [hotProxy('proxy:2')], updateStrategy })
    const refused = (): number => world.podWrites().filter((one) => one.endsWith('/status')).length
    await until(() => refused() >= 2, { deadlineMs: 60_000 })
    const started = new Set(world.podWrites().filter((one) => !one.endsWith('/status')))
    expect([...started], 'pods that have started').to.have.length(1)
    world.server.clearFaults()
    await upgraded()
  })

  it('starts no other in the place of a pod whose answer was lost while the cache is behind', async () => {
    world = await startWorld()
    world.addPods(2, [hotProxy('proxy:1')])
    world.putSet({ containers: [hotProxy('proxy:1')], updateStrategy })
    world.startOperator()
    await upgraded()
    // From the first write on the operator's watches bring nothing.
    const onMet = (): void => {
      world.server.stallWatches(true, PODS)
    }
    const path = /pods\/web-\d\?/
    world.server.fail({ method: 'PATCH', path, answerLost: true, times: 1_000, onMet })
    const before = world.server.requests.length
    world.putSet({ containers: [hotProxy('proxy:2')], updateStrategy })
    const asked = (): boolean =>
      world.server.requests
        .slice(before)
        .some(({ method, path }) => method === 'GET' && path.endsWith('/namespaces/default/pods'))
    await until(asked, { what: 'a question about the pod' })
    await delay(500)
    expect(new Set(world.podWrites()).size, 'pods that were written').to.equal(1)
    world.server.clearFaults()
    world.server.dropWatches()
    world.server.stallWatches(false)
    await upgraded()
  })

  it('starts no other in the place of a pod whose write may still be on its way', async () => {
    world = await startWorld()
    world.addPods(2, [hotProxy('proxy:1')])
    world.putSet({ containers: [hotProxy('proxy:1')], updateStrategy })
    world.startOperator()
    await upgraded()
    // Whoever asks in the meantime finds the pod as it was.
    const path = /pods\/web-\d\?/
    world.server.fail({ method: 'PATCH', path, lateMs: 1_500 })
    world.putSet({ containers: [hotProxy('proxy:2')], updateStrategy })
    let most = 0
    await until(
      () => {
        const ended = world.podWrites().filter((one) => one.endsWith('/status')).length
        const begun = new Set(world.podWrites().filter((one) => !one.endsWith('/status'))).size
        most = Math.max(most, begun - ended)
        return ended === 2
      },
      { deadlineMs: 60_000 },
    )
    expect(most, 'pods that may be in flight').to.equal(1)
  })
})
