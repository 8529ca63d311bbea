import { expect } from 'chai'
import { annotations } from '../../../api/group.ts'
import type { RolloutCommand } from '../../../api/rolloutCommand.ts'
import { SIDECAR_SETS } from '../../../api/v1beta1/kinds.ts'
import type { SidecarSetStatus } from '../../../api/v1beta1/sidecarset.ts'
import { until } from '../../../runtime/testing/until.ts'
import { hotProxy } from '../../testing/build.ts'
import { startWorld } from '../../testing/world.ts'
import type { World } from '../../testing/world.ts'
import type { PodNodeOptions } from '../../testing/podNode.ts'

const v1 = [hotProxy('proxy:1')]
const v2 = [hotProxy('proxy:2')]
const v3 = [hotProxy('proxy:3')]
const canary = {
  steps: [
    { replicas: 1, pause: {} },
    { replicas: 2, pause: {} },
  ],
}

describe('the operator does what people ask of a rollout', function () {
  this.timeout(120_000)
  let world: World
  afterEach(async () => {
    await world.stop()
  })

  const status = (): SidecarSetStatus => world.set().status ?? {}
  const reason = (type: string): string =>
    status().conditions?.find((one) => one.type === type)?.reason ?? ''
  const completed = (image: string): Promise<unknown> =>
    until(
      () => reason('Progressing') === 'RolloutCompleted' && images().every((one) => one === image),
      {
        deadlineMs: 60_000,
        what: `a complete rollout of ${image}`,
      },
    )
  const images = (): string[] =>
    ['web-0', 'web-1', 'web-2'].map((pod) => {
      const text = world.pod(pod).metadata.annotations?.[annotations.desired] ?? '{}'
      const desired = JSON.parse(text) as { containers: { proxy: { image: string } } }
      return desired.containers.proxy.image
    })
  const ask = (command: Partial<RolloutCommand>): void => {
    const set = world.set()
    const text = JSON.stringify({ revision: status().latestRevision, ...command })
    const given = { ...set.metadata.annotations, [annotations.rolloutCommand]: text }
    world.server.put(SIDECAR_SETS, { ...set, metadata: { ...set.metadata, annotations: given } })
  }
  const answered = (outcome: string): Promise<unknown> =>
    until(() => status().lastCommand?.outcome === outcome)
  const pausedIn = (step: number): Promise<unknown> =>
    until(() => reason('Paused') === 'CanaryStepPaused' && status().currentStep === step)

  async function pausedInFirstStep(options: Omit<PodNodeOptions, 'server'> = {}): Promise<void> {
    world = await startWorld(options)
    world.addPods(3, v1)
    world.putSet({ containers: v1, updateStrategy: { canary } })
    world.startOperator()
    await completed('proxy:1')
    world.putSet({ containers: v2, updateStrategy: { canary } })
    await pausedIn(1)
  }

  it('resumes one pause after the other, and refuses who meant the one before', async () => {
    await pausedInFirstStep()
    ask({ verb: 'resume', step: 1, by: 'ada', reason: 'looks good' })
    await pausedIn(2)
    expect(status().lastCommand).to.deep.include({
      verb: 'resume',
      by: 'ada',
      outcome: 'Accepted',
      message: `resume of revision ${status().latestRevision} in step 1 by ada: looks good`,
    })
    ask({ verb: 'resume', step: 1 })
    await answered('Refused')
    expect(status().lastCommand).not.to.have.property('by')
    expect(status()).to.include({ currentStep: 2, updatedPods: 2 })
    await until(() => world.events().includes('SidecarSet mesh: RolloutCommandRefused'))
    expect(world.events()).to.include('SidecarSet mesh: RolloutResumed')
    ask({ verb: 'resume', step: 2 })
    await completed('proxy:2')
  })

  it('promotes a revision past all steps', async () => {
    await pausedInFirstStep()
    ask({ verb: 'promote', step: 1 })
    await completed('proxy:2')
    expect(status().lastCommand).to.include({ verb: 'promote', outcome: 'Accepted' })
  })

  it('aborts, remembers that with another operator, and tries again when asked to', async () => {
    world = await startWorld()
    world.addPods(3, v1)
    // Who aborts wants to go back, also where failures only pause.
    const updateStrategy = { canary, onFailure: 'Pause' } as const
    world.putSet({ containers: v1, updateStrategy })
    const first = world.startOperator()
    await completed('proxy:1')
    world.putSet({ containers: v2, updateStrategy })
    await pausedIn(1)
    ask({ verb: 'abort', step: 1, by: 'ada', reason: 'errors in shop' })
    await until(() => reason('Degraded') === 'UpgradeFailed' || reason('Degraded') === 'RolledBack')
    await until(() => images().every((one) => one === 'proxy:1'))
    expect(status().failedRevision).to.equal(status().latestRevision)
    expect(status().rollout?.failure?.message).to.include('by ada: errors in shop')
    await first.stop()

    world.startOperator()
    // Another budget is no other template.
    world.putSet({ containers: v2, updateStrategy: { ...updateStrategy, maxUnavailable: 2 } })
    await until(() => status().observedGeneration === world.set().metadata.generation)
    expect(images()).to.deep.equal(['proxy:1', 'proxy:1', 'proxy:1'])
    expect(status().failedRevision).to.equal(status().latestRevision)

    ask({ verb: 'retry' })
    await pausedIn(1)
    expect(status()).not.to.have.property('failedRevision')
    ask({ verb: 'promote', step: 1 })
    await completed('proxy:2')
  })

  it('remembers a failure that only pauses, and new pods are spared it', async () => {
    const broken = new Set(['proxy:2'])
    world = await startWorld({ brokenImages: broken })
    world.addPods(3, v1)
    const updateStrategy = { onFailure: 'Pause' } as const
    world.putSet({ containers: v1, updateStrategy })
    world.startOperator()
    await completed('proxy:1')
    world.putSet({ containers: v2, updateStrategy })
    await until(() => reason('Degraded') === 'UpgradeFailed')
    // What the webhook goes by.
    await until(() => status().failedRevision !== undefined)
    expect(status().failedRevision).to.equal(status().latestRevision)
    await until(() => images().every((one) => one === 'proxy:1'))
    broken.clear()
    ask({ verb: 'retry' })
    await completed('proxy:2')
    expect(status()).not.to.have.any.keys('failedRevision', 'rollout')
  })

  it('takes no steps back to a revision that all pods had', async () => {
    await pausedInFirstStep()
    ask({ verb: 'promote', step: 1 })
    await completed('proxy:2')
    world.putSet({ containers: v3, updateStrategy: { canary } })
    await pausedIn(1)
    ask({ verb: 'promote', step: 1 })
    await completed('proxy:3')
    expect(status().formerRevisions).to.have.length(2)
    world.putSet({ containers: v1, updateStrategy: { canary } })
    await completed('proxy:1')
    world.putSet({ containers: v3, updateStrategy: { canary, rollbackWindow: { revisions: 0 } } })
    await pausedIn(1)
  })
})
