import { expect } from 'chai'
import { parseDesired } from '../../api/desired.ts'
import { POD_CONDITION, annotations } from '../../api/group.ts'
import type { Condition } from '../../api/v1beta1/sidecarset.ts'
import { CONTROLLER_REVISIONS, PODS } from '../../runtime/client/kinds.ts'
import { until } from '../../runtime/testing/until.ts'
import { hotProxy } from '../testing/build.ts'
import { startWorld } from '../testing/world.ts'
import type { World } from '../testing/world.ts'
import { NO_HANDOVERS } from './status/handoverTotals.ts'

const v1 = [hotProxy('proxy:1')]
const v2 = [hotProxy('proxy:2')]
const bad = [hotProxy('proxy:bad')]

describe('the operator', function () {
  this.timeout(120_000)
  let world: World
  afterEach(async () => {
    await world.stop()
  })

  const condition = (type: string): Condition | undefined =>
    world.set().status?.conditions?.find((one) => one.type === type)
  const reason = (type: string): string => condition(type)?.reason ?? ''
  const isComplete = (revisions: number): boolean =>
    reason('Progressing') === 'RolloutCompleted' &&
    world.server.list(CONTROLLER_REVISIONS).length === revisions &&
    world.set().status?.observedGeneration === world.set().metadata.generation
  const completed = (revisions: number): Promise<unknown> =>
    until(() => isComplete(revisions), {
      deadlineMs: 60_000,
      what: `a complete rollout of revision ${revisions}`,
    })
  const activeImages = (): (string | undefined)[] =>
    world.server
      .list(PODS)
      .filter((pod) => pod.metadata.namespace === 'default')
      .map((pod) => {
        const annotation = pod.metadata.annotations?.['baton.dev/desired'] ?? '{}'
        const desired = JSON.parse(annotation) as { containers: { proxy: { image: string } } }
        return desired.containers.proxy.image
      })

  it('upgrades every pod with exactly two writes each', async () => {
    world = await startWorld()
    world.addPods(3, v1)
    world.putSet({ containers: v1 })
    world.startOperator()
    await completed(1)
    expect(world.podWrites()).to.deep.equal([])

    world.putSet({ containers: v2 })
    await completed(2)
    const writes = ['web-0', 'web-1', 'web-2'].flatMap((pod) => [
      `PATCH ${pod}`,
      `PATCH ${pod}/status`,
    ])
    expect([...world.podWrites()].sort()).to.deep.equal(writes.sort())
    expect(activeImages()).to.deep.equal(['proxy:2', 'proxy:2', 'proxy:2'])
    const result = world.pod('web-0').status?.conditions?.find((one) => one.type === POD_CONDITION)
    expect(result?.status).to.equal('True')
    expect(result?.message).to.match(/^handover \w+-1: settled\. proxy serves from proxy-2/)
    const { status } = world.set()
    expect(status).to.deep.include({
      matchedPods: 3,
      updatedPods: 3,
      updatedReadyPods: 3,
      upgradingPods: 0,
      failedPods: 0,
    })
    expect(status?.currentRevision).to.equal(status?.latestRevision)
    expect(status?.handover).to.include({ completed: 3, failed: 0, listenersHanded: 9 })
    // Ready is the kubelet's: the operator's condition must not have touched it.
    expect(world.pod('web-0').status?.conditions?.[0]).to.include({ type: 'Ready', status: 'True' })
  })

  it('never has more pods in flight than maxUnavailable allows', async () => {
    let most = 0
    world = await startWorld()
    world.addPods(6, v1)
    world.putSet({ containers: v1, updateStrategy: { maxUnavailable: 2 } })
    world.startOperator()
    await completed(1)
    world.putSet({ containers: v2, updateStrategy: { maxUnavailable: 2 } })
    await until(
      () => {
        const writes = world.podWrites()
        const ended = writes.filter((one) => one.endsWith('/status')).length
        most = Math.max(most, writes.length - 2 * ended)
        return ended === 6
      },
      { deadlineMs: 60_000 },
    )
    expect(most).to.equal(2)
  })

  it('pulls the image before it touches a pod, and cleans up', async () => {
    world = await startWorld()
    world.addPods(1, v1)
    world.putSet({ containers: v1 })
    world.startOperator()
    await completed(1)
    world.putSet({ containers: v2 })
    await completed(2)
    const writes = world.server.requests.filter(({ method }) => method !== 'GET')
    const created = writes.findIndex(({ path }) => path.endsWith('/baton-system/pods'))
    const touched = writes.findIndex(({ path }) => path.endsWith('/default/pods/web-0'))
    expect(created).to.be.greaterThan(-1)
    expect(created).to.be.lessThan(touched)
    await until(() =>
      world.server.list(PODS).every((pod) => pod.metadata.namespace !== 'baton-system'),
    )
  })

  it('touches no pod when the image cannot be pulled, and goes on when the spec is mended', async () => {
    world = await startWorld({ missingImages: new Set(['proxy:typo']) })
    world.addPods(2, v1)
    world.putSet({ containers: v1 })
    world.startOperator()
    await completed(1)
    world.putSet({ containers: [hotProxy('proxy:typo')] })
    await until(() => reason('Progressing') === 'ImagePullFailed')
    expect(condition('Progressing')?.message).to.contain('no such image proxy:typo')
    expect(world.podWrites()).to.deep.equal([])
    await until(() => world.events().includes('SidecarSet mesh: ImagePullFailed'))

    world.putSet({ containers: v2 })
    await completed(3)
    expect(activeImages()).to.deep.equal(['proxy:2', 'proxy:2'])
    expect(world.podWrites()).to.have.length(4)
  })

  it('stops after a failure and rolls back by swapping slots', async () => {
    world = await startWorld({ brokenImages: new Set(['proxy:bad']) })
    world.addPods(3, v1)
    world.putSet({ containers: v1 })
    world.startOperator()
    await completed(1)
    world.putSet({ containers: bad })
    await until(() => reason('Degraded') === 'RolledBack')
    expect(condition('Progressing')).to.include({ status: 'False', reason: 'UpgradeFailed' })
    expect(condition('Progressing')?.message).to.contain('web-0 with ProxyExited')
    expect(activeImages()).to.deep.equal(['proxy:1', 'proxy:1', 'proxy:1'])
    // Start, result, back; no other pod was touched and the image of the idle slot stays.
    expect(world.podWrites()).to.deep.equal(['PATCH web-0', 'PATCH web-0/status', 'PATCH web-0'])
    const { status } = world.set()
    expect(status?.failedRevision).to.equal(status?.latestRevision)
    expect(status?.failedPods).to.equal(1)

    world.putSet({ containers: v2 })
    await completed(3)
    expect(activeImages()).to.deep.equal(['proxy:2', 'proxy:2', 'proxy:2'])
    expect(world.set().status).not.to.have.property('failedRevision')
  })

  it('takes pods that were upgraded before the failure back as well', async () => {
    const broken = new Set<string>()
    world = await startWorld({ brokenImages: broken })
    world.addPods(3, v1)
    world.putSet({ containers: v1 })
    world.startOperator()
    await completed(1)
    world.putSet({ containers: v2, updateStrategy: { partition: 2 } })
    await until(() => reason('Progressing') === 'PartitionReached')
    broken.add('proxy:2')
    world.putSet({ containers: v2 })
    await until(() => reason('Degraded') === 'RolledBack', { deadlineMs: 60_000 })
    expect(activeImages()).to.deep.equal(['proxy:1', 'proxy:1', 'proxy:1'])
    const revisions = world.server.list(CONTROLLER_REVISIONS)
    expect(revisions).to.have.length(2)
    const switches = world.node.switches.map((one) => one.replace(/ \(.*/, ''))
    expect(switches).to.deep.equal(['web-0: proxy-1 -> proxy-2', 'web-0: proxy-2 -> proxy-1'])
  })

  it('counts no handover when an upgrade is taken back before anything changed hands', async () => {
    world = await startWorld({ holdHandovers: () => true })
    world.addPods(2, v1)
    world.putSet({ containers: v1 })
    world.startOperator()
    await completed(1)
    world.putSet({ containers: v2 })
    await until(() => world.set().status?.upgradingPods === 1)
    world.putSet({ containers: v1 })
    await completed(2)
    await until(() => world.events().includes('Pod web-0: RolledBack'))
    expect(world.node.switches).to.deep.equal([])
    expect(activeImages()).to.deep.equal(['proxy:1', 'proxy:1'])
    expect(world.set().status?.handover).to.deep.equal(NO_HANDOVERS)
  })

  it('gives every pod new terms of handover with one write each, and no new process', async () => {
    world = await startWorld()
    world.addPods(2, v1)
    world.putSet({ containers: v1 })
    world.startOperator()
    await completed(1)
    world.putSet({ containers: [hotProxy('proxy:1', 60)] })
    await completed(2)
    expect([...world.podWrites()].sort()).to.deep.equal(['PATCH web-0', 'PATCH web-1'])
    for (const name of ['web-0', 'web-1']) {
      const desired = parseDesired(
        world.pod(name).metadata.annotations?.[annotations.desired] ?? '',
      )
      expect(desired.containers['proxy']).to.deep.include({
        handover: 'initial',
        active: 'proxy-1',
        revision: world.set().status?.latestRevision,
      })
      expect(desired.containers['proxy']?.drain.timerSeconds).to.equal(60)
    }
    expect(world.node.switches).to.deep.equal([])

    // The terms hold for the next upgrade, which goes as any other.
    world.putSet({ containers: [hotProxy('proxy:2', 60)] })
    await completed(3)
    expect(world.node.switches).to.have.length(2)
  })

  it('D6: goes on past a pod that cannot be written', async () => {
    world = await startWorld()
    world.addPods(3, v1)
    world.putSet({ containers: v1 })
    world.startOperator()
    await completed(1)
    world.server.fail({ method: 'PATCH', path: /pods\/web-0\?/, status: 403, times: 1_000 })
    world.putSet({ containers: v2 })
    await until(() => world.set().status?.updatedPods === 2, { deadlineMs: 60_000 })
    expect(activeImages()).to.deep.equal(['proxy:1', 'proxy:2', 'proxy:2'])
    world.server.clearFaults()
    await completed(2)
  })

  it('meets a conflict with another look, not with a lost update', async () => {
    world = await startWorld()
    world.addPods(1, v1)
    world.putSet({ containers: v1 })
    world.startOperator()
    await completed(1)
    world.server.fail({ method: 'PATCH', path: /pods\/web-0\?/, status: 409, times: 2 })
    world.putSet({ containers: v2 })
    await completed(2)
    expect(activeImages()).to.deep.equal(['proxy:2'])
    expect(world.node.switches).to.have.length(1)
  })

  it('does not act again on a cache that has not seen its last write', async () => {
    world = await startWorld()
    world.addPods(2, v1)
    const updateStrategy = { prefetchImages: false }
    world.putSet({ containers: v1, updateStrategy })
    world.startOperator()
    await completed(1)
    const refused = { method: 'PATCH', path: /pods\/web-0\?/, status: 409 }
    world.server.fail({ ...refused, times: 1_000_000 })
    world.putSet({ containers: v2, updateStrategy })
    // After some tries the status says all there is to say, and only the pod is left to be written.
    await until(() => world.podWrites().length > 5)
    world.server.stallWatches(true)
    world.server.clearFaults()
    await until(() => activeImages()[0] === 'proxy:2')
    const attempts = world.podWrites().length
    // The lease is renewed every 300 ms: time for many looks at a cache that stands still.
    const renewals = (): number =>
      world.server.requests.filter(({ path }) => path.includes('/leases/')).length
    const renewed = renewals() + 2
    await until(() => renewals() >= renewed)
    expect(world.podWrites()).to.have.length(attempts)
    world.server.stallWatches(false)
    world.server.dropWatches()
    await completed(2)
    expect(world.node.switches).to.have.length(2)
  })

  it('resizes a slot before an image returns to it', async () => {
    world = await startWorld()
    world.addPods(1, v1)
    world.putSet({ containers: v1 })
    world.startOperator()
    await completed(1)
    // proxy-2 gets 2, proxy-1 gets 3, and 1 comes back to proxy-2, which began with it.
    world.putSet({ containers: v2 })
    await completed(2)
    world.putSet({ containers: [hotProxy('proxy:3')] })
    await completed(3)
    world.putSet({ containers: v1 })
    await completed(3)
    await until(() => activeImages()[0] === 'proxy:1')
    const patches = world.podWrites().filter((one) => !one.endsWith('/status'))
    const resize = 'PATCH web-0/resize'
    const first = patches.indexOf(resize)
    expect(patches.slice(0, first)).to.deep.equal(['PATCH web-0', 'PATCH web-0'])
    // The kubelet tells of the resize at once, so the patch may meet a conflict and come again.
    expect(new Set(patches.slice(first + 1))).to.deep.equal(new Set(['PATCH web-0']))
  })

  it('asks the agent before it restarts a slot, and leaves the one that serves alone', async () => {
    world = await startWorld()
    world.addPods(1, v1)
    world.putSet({ containers: v1 })
    world.startOperator()
    await completed(1)
    // The annotation still names proxy-1, and no upgrade has made anybody look since.
    world.node.failOver('web-0')
    world.putSet({ containers: v2 })
    await completed(2)
    const [first, second] = world.pod('web-0').spec?.containers ?? []
    expect([first?.image, second?.image]).to.deep.equal(['proxy:2', 'proxy:1'])
    const switches = world.node.switches.map((one) => one.replace(/ \(.*/, ''))
    expect(switches).to.deep.equal(['web-0: proxy-2 -> proxy-1'])
  })

  it('takes over from a leader that stopped', async () => {
    world = await startWorld()
    world.addPods(1, v1)
    world.putSet({ containers: v1 })
    const first = world.startOperator()
    await completed(1)
    world.startOperator()
    await first.stop()
    world.putSet({ containers: v2 })
    await completed(2)
    expect(world.podWrites()).to.have.length(2)
  })

  it('says Available only when the API server sends pods to injection', async () => {
    world = await startWorld()
    world.server.fail({
      method: 'PATCH',
      path: /mutatingwebhookconfigurations/,
      status: 403,
      times: 1_000,
    })
    world.putSet({ containers: v1 })
    world.startOperator()
    await until(() => reason('Available') === 'WebhookNotConfigured')
    world.server.clearFaults()
    await until(() => reason('Available') === 'WebhookConfigured', { deadlineMs: 60_000 })
  })

  describe('killed between two writes', () => {
    /**
     * Lets the first operator write until it comes to `next`, which fails as if it had been killed
     * on the way; then another one takes over. Gives the writes that reached the server.
     */
    async function writesOfTwoLives(next: string, ended: () => unknown): Promise<string[]> {
      const first = world.startOperator()
      await completed(1)
      world.putSet({ containers: v2 })
      await until(() => world.podWrites().length === 1)
      const path = new RegExp(`/pods/${next}\\?`)
      world.server.fail({ method: 'PATCH', path, status: 0, times: 1_000_000 })
      held = false
      await until(() => world.podWrites().slice(1).includes(`PATCH ${next}`))
      await first.stop()
      const attempts = world.podWrites()
      world.server.clearFaults()
      world.startOperator()
      await until(ended, { deadlineMs: 60_000 })
      // The first write of all was let through, whatever it was.
      const before = attempts.filter((one, index) => index === 0 || one !== `PATCH ${next}`)
      return [...before, ...world.podWrites().slice(attempts.length)]
    }
    let held: boolean
    beforeEach(() => {
      held = true
    })

    const good = ['web-0', 'web-0/status', 'web-1', 'web-1/status']
    for (const [survived, next] of good.entries()) {
      if (survived === 0) continue
      it(`goes on after write ${survived} of a rollout of two pods`, async () => {
        world = await startWorld({ holdHandovers: () => held })
        world.addPods(2, v1)
        world.putSet({ containers: v1 })
        const writes = await writesOfTwoLives(next, () => isComplete(2))
        expect(writes).to.deep.equal(good.map((one) => `PATCH ${one}`))
        expect(world.node.switches).to.have.length(2)
        expect(activeImages()).to.deep.equal(['proxy:2', 'proxy:2'])
      })
    }

    const failing = ['web-0', 'web-0/status', 'web-0']
    for (const [survived, next] of failing.entries()) {
      if (survived === 0) continue
      it(`goes on after write ${survived} of an upgrade that fails`, async () => {
        world = await startWorld({
          holdHandovers: () => held,
          brokenImages: new Set(['proxy:2']),
        })
        world.addPods(2, v1)
        world.putSet({ containers: v1 })
        const writes = await writesOfTwoLives(next, () => reason('Degraded') === 'RolledBack')
        expect(writes).to.deep.equal(failing.map((one) => `PATCH ${one}`))
        expect(activeImages()).to.deep.equal(['proxy:1', 'proxy:1'])
      })
    }
  })
})
