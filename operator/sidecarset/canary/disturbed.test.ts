import { expect } from 'chai'
import { PODS } from '../../../runtime/client/kinds.ts'
import { until } from '../../../runtime/testing/until.ts'
import { hotProxy, injectedPod } from '../../testing/build.ts'
import { startWorld } from '../../testing/world.ts'
import type { World } from '../../testing/world.ts'

const v1 = [hotProxy('proxy:1')]
const v2 = [hotProxy('proxy:2')]

describe('a canary in which something else happens', function () {
  this.timeout(120_000)
  let world: World
  afterEach(async () => {
    await world.stop()
  })

  const updateStrategy = { canary: { steps: [{ replicas: 1, pause: {} }] } }
  const reason = (type: string): string =>
    world.set().status?.conditions?.find((one) => one.type === type)?.reason ?? ''
  /** The image that each pod was told to serve with, by its name. */
  const images = (): Readonly<Record<string, string>> =>
    Object.fromEntries(
      world.server.list(PODS).flatMap(({ metadata }) => {
        const text = metadata.annotations?.['baton.dev/desired']
        if (text === undefined) return []
        const desired = JSON.parse(text) as { containers: { proxy: { image: string } } }
        return [[metadata.name, desired.containers.proxy.image]]
      }),
    )

  /** One of three pods has the new version, and the step waits for people. */
  async function inTheFirstStep(): Promise<string> {
    world = await startWorld()
    world.addPods(3, v1)
    world.putSet({ containers: v1, updateStrategy })
    world.startOperator()
    await until(() => reason('Progressing') === 'RolloutCompleted')
    world.putSet({ containers: v2, updateStrategy })
    await until(() => reason('Paused') === 'CanaryStepPaused')
    const [canary] = Object.entries(images()).find(([, image]) => image === 'proxy:2') ?? []
    if (canary === undefined) throw new Error('no pod has the new version')
    return canary
  }

  it('goes at once when it is deleted while it waits, and leaves pods as they serve', async () => {
    const canary = await inTheFirstStep()
    const writes = world.podWrites().length
    await world.deleteSet()
    await until(() => !world.hasSet())
    expect(Object.values(images()).sort()).to.deep.equal(['proxy:1', 'proxy:1', 'proxy:2'])
    expect(images()).to.include({ [canary]: 'proxy:2' })
    expect(world.podWrites()).to.have.length(writes)
  })

  it('takes another pod for its step when the node of the first is drained', async () => {
    const canary = await inTheFirstStep()
    const ip = world.pod(canary).status?.podIP ?? ''
    world.server.remove(PODS, { namespace: 'default', name: canary })
    const isBackInStep = (): boolean => {
      const { matchedPods, updatedPods, currentStep } = world.set().status ?? {}
      return matchedPods === 2 && updatedPods === 1 && currentStep === 1
    }
    await until(() => isBackInStep() && reason('Paused') === 'CanaryStepPaused')
    expect(Object.values(images()).sort()).to.deep.equal(['proxy:1', 'proxy:2'])
    // Its successor comes as injection makes it in a step: with the version before, and keeps it.
    world.server.put(PODS, injectedPod('web-9', v1, { ip }))
    await until(() => world.set().status?.matchedPods === 3)
    expect(images()).to.include({ 'web-9': 'proxy:1' })
    expect(world.set().status).to.include({ updatedPods: 1, upgradingPods: 0 })
  })

  it('is over for pods that another selector leaves out, and goes on with the others', async () => {
    await inTheFirstStep()
    const nobody = { selector: { matchLabels: { app: 'another' } } }
    world.putSet({ containers: v2, updateStrategy, spec: nobody })
    await until(() => world.set().status?.matchedPods === 0)
    const before = images()
    const all = { selector: { matchLabels: { app: 'web' } } }
    world.putSet({ containers: v2, updateStrategy: {}, spec: all })
    await until(() => world.set().status?.updatedReadyPods === 3)
    expect(Object.values(before).sort()).to.deep.equal(['proxy:1', 'proxy:1', 'proxy:2'])
    expect(new Set(Object.values(images()))).to.deep.equal(new Set(['proxy:2']))
  })
})
