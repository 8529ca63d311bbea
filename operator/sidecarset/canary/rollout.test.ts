import { expect } from 'chai'
import type { SidecarSetStatus } from '../../../api/v1beta1/sidecarset.ts'
import { until } from '../../../runtime/testing/until.ts'
import { hotProxy } from '../../testing/build.ts'
import { startWorld } from '../../testing/world.ts'
import type { World } from '../../testing/world.ts'

const v1 = [hotProxy('proxy:1')]
const v2 = [hotProxy('proxy:2')]

describe('the operator takes the steps of a canary', function () {
  this.timeout(120_000)
  let world: World
  afterEach(async () => {
    await world.stop()
  })

  const status = (): SidecarSetStatus => world.set().status ?? {}
  const reason = (type: string): string =>
    status().conditions?.find((one) => one.type === type)?.reason ?? ''

  it('one after the other, with pauses that another operator carries on', async () => {
    const steps = [
      { replicas: 1, pause: { seconds: 2 } },
      { replicas: '50%', pause: {} },
    ]
    const updateStrategy = { canary: { steps }, maxUnavailable: 4 }
    world = await startWorld()
    world.addPods(4, v1)
    world.putSet({ containers: v1, updateStrategy })
    const first = world.startOperator()
    await until(() => reason('Progressing') === 'RolloutCompleted')
    expect(status()).not.to.have.any.keys('rollout', 'currentStep')

    world.putSet({ containers: v2, updateStrategy })
    await until(() => reason('Progressing') === 'CanaryStepPausing')
    expect(status()).to.include({ currentStep: 1, updatedPods: 1 })
    const { reachedAt } = status().rollout ?? {}
    await first.stop()
    world.startOperator()
    await until(() => reason('Paused') === 'CanaryStepPaused')
    const waited = Date.parse(status().rollout?.reachedAt ?? '') - Date.parse(reachedAt ?? '')
    // Times are in whole seconds.
    expect(waited).to.be.at.least(1_000)
    expect(status()).to.include({ currentStep: 2, updatedPods: 2 })
    expect(world.podWrites()).to.have.length(4)

    // The same steps, but none waits for people any more.
    const through = [{ replicas: 1, pause: { seconds: 2 } }, { replicas: '50%' }]
    world.putSet({
      containers: v2,
      updateStrategy: { ...updateStrategy, canary: { steps: through } },
    })
    await until(() => reason('Progressing') === 'RolloutCompleted', { deadlineMs: 60_000 })
    expect(status()).to.include({ updatedPods: 4 })
    expect(status()).not.to.have.any.keys('rollout', 'currentStep')
  })

  it('and none on the way back to the revision that all pods had', async () => {
    const updateStrategy = { canary: { steps: [{ replicas: 1, pause: {} }] } }
    world = await startWorld()
    world.addPods(3, v1)
    world.putSet({ containers: v1, updateStrategy })
    world.startOperator()
    await until(() => reason('Progressing') === 'RolloutCompleted')
    world.putSet({ containers: v2, updateStrategy })
    await until(() => reason('Paused') === 'CanaryStepPaused')
    world.putSet({ containers: v1, updateStrategy })
    await until(() => reason('Progressing') === 'RolloutCompleted')
    expect(status()).to.include({ updatedPods: 3 })
    expect(world.node.switches).to.have.length(2)
  })
})
