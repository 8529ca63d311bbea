import { expect } from 'chai'
import { aHandover, aRevision, agentSays, hotProxy, injectedPod } from '../../testing/build.ts'
import {
  carriedOut,
  failedAndReverted,
  idOf,
  inFlight,
  lines,
  plan,
  settled,
  startOf,
  v1,
  v2,
  view,
} from '../../testing/planning.ts'

describe('the plan of a rollout', () => {
  describe('after a failure', () => {
    it('takes the pod back to the old slot and leaves the image of the new one alone', () => {
      const pod = failedAndReverted('a')
      const { desired, entry, state } = view(pod)
      expect(desired?.containers['proxy']).to.include({ active: 'proxy-1', image: 'proxy:1' })
      expect(desired?.containers['proxy']?.handover).to.match(/-2$/)
      expect(entry.hash).to.equal(aRevision(v1).hash)
      expect(state?.reverted).to.equal(true)
      expect(pod.spec?.containers.find((one) => one.name === 'proxy-2')?.image).to.equal('proxy:2')
    })
    it('starts no other pod and does not try the failed one again', () => {
      const result = plan([failedAndReverted('a'), injectedPod('b', v1)], {
        strategy: { onFailure: 'Pause' },
      })
      expect(lines(result)).to.deep.equal(['a: FailedBefore', 'b: RolloutStopped'])
      expect(result.summary).to.include({ failed: 1, stopped: true, rollback: false })
      expect(result.summary.failure).to.deep.equal({
        pod: 'default/a',
        reason: 'ProxyExited',
        sentence: 'proxy stays on proxy-1: exit 1',
      })
    })
    it('goes on below the failure limit', () => {
      const result = plan([failedAndReverted('a'), injectedPod('b', v1)], {
        strategy: { failureLimit: 2 },
      })
      expect(lines(result)).to.deep.equal(['a: FailedBefore', 'b: startUpgrade'])
    })
    it('tries the failed pod again when another revision is wanted', () => {
      const result = plan([failedAndReverted('a')], { to: [hotProxy('proxy:3')] })
      expect(lines(result)).to.deep.equal(['a: startUpgrade'])
    })
    it('rolls upgraded pods back by swapping, whatever the partition', () => {
      const upgraded = inFlight('b')
      const done = carriedOut(
        upgraded,
        plan([upgraded], { agents: { 'default/b': settled(upgraded) } }),
      )
      const result = plan([failedAndReverted('a'), done], { strategy: { partition: '100%' } })
      expect(lines(result)).to.deep.equal(['a: UpToDate', 'b: swapBack'])
      expect(result.summary).to.include({ rollback: true })
      expect(result.summary.target.hash).to.equal(aRevision(v1).hash)
      const back = view(carriedOut(done, result))
      expect(back.desired?.containers['proxy']).to.deep.include({
        active: 'proxy-1',
        image: 'proxy:1',
        minBoot: { 'proxy-1': 1, 'proxy-2': 2 },
      })
    })
    it('rolls the next pod back as soon as the good version serves in the one before', () => {
      const [a, b] = ['a', 'b'].map((name) => {
        const pod = inFlight(name)
        const agents = { [`default/${name}`]: settled(pod) }
        return carriedOut(pod, plan([pod], { agents }))
      })
      if (a === undefined || b === undefined) throw new Error('no pods')
      const failedRevision = aRevision(v2).hash
      const back = carriedOut(a, plan([a, b], { failedRevision }))
      const next = (phase: 'Starting' | 'Draining') => {
        const agents = { 'default/a': agentSays(aHandover(idOf(back), { phase })) }
        return lines(plan([back, b], { failedRevision, agents }))
      }
      expect(next('Starting')).to.deep.equal(['a: InFlight', 'b: MaxUnavailable'])
      expect(next('Draining')).to.deep.equal(['a: InFlight', 'b: swapBack'])
    })
    it('rolls back although the failed pod is gone, as long as the failure is remembered', () => {
      const upgraded = inFlight('b')
      const done = carriedOut(
        upgraded,
        plan([upgraded], { agents: { 'default/b': settled(upgraded) } }),
      )
      const result = plan([done], { failedRevision: aRevision(v2).hash })
      expect(lines(result)).to.deep.equal(['b: swapBack'])
    })
    it('takes pods in flight back at once', () => {
      const result = plan([failedAndReverted('a'), inFlight('b')])
      expect(lines(result)).to.deep.equal(['a: UpToDate', 'b: swapBack'])
    })
  })

  describe('when only the terms of handovers change', () => {
    const to = [hotProxy('proxy:1', 60)]

    it('gives the pod the new terms and its record, and leaves its containers alone', () => {
      const pod = injectedPod('a', v1)
      const result = plan([pod], { to })
      expect(lines(result)).to.deep.equal(['a: swapBack'])
      const after = carriedOut(pod, result)
      expect(after.spec).to.deep.equal(pod.spec)
      const { desired, entry, stage } = view(after)
      const { hash } = aRevision(to)
      // The same handover: no switch is wanted, so the agent has nothing to carry out.
      expect(desired?.containers['proxy']).to.deep.include({
        handover: 'initial',
        active: 'proxy-1',
        revision: hash,
        drain: { timerSeconds: 60, maxSeconds: 600, method: { signal: { name: 'SIGTERM' } } },
      })
      expect({ hash: entry.hash, stage }).to.deep.equal({ hash, stage: 'resting' })
      expect(lines(plan([after], { to }))).to.deep.equal(['a: UpToDate'])
    })
    it('does not forget that the upgrade before may still drain', () => {
      const pod = inFlight('a')
      const done = carriedOut(pod, plan([pod], { agents: { 'default/a': settled(pod) } }))
      const renewed = carriedOut(done, plan([done], { to: [hotProxy('proxy:2', 60)] }))
      const next = plan([renewed], { to: [hotProxy('proxy:3', 60)] })
      expect(lines(next)).to.deep.equal(['a: StillDraining'])
    })
  })

  describe('chooses the slot', () => {
    it('patches the idle one and waits for its next boot', () => {
      const start = startOf(plan([injectedPod('a', v1)]))
      expect(start.steps).to.have.length(1)
      expect(start.steps[0]).to.include({
        kind: 'patch',
        from: 'proxy-1',
        to: 'proxy-2',
        minBoot: 2,
      })
    })
    it('swaps to a warm standby without a restart', () => {
      const done = inFlight('a')
      const recorded = carriedOut(done, plan([done], { agents: { 'default/a': settled(done) } }))
      const start = startOf(plan([recorded], { to: v1 }))
      expect(start.kind).to.equal('swapBack')
      expect(start.steps[0]).to.include({
        kind: 'swap',
        from: 'proxy-2',
        to: 'proxy-1',
        minBoot: 1,
      })
    })
    describe('when the other one stands in for the one that was ordered', () => {
      const pod = inFlight('a')
      const done = carriedOut(pod, plan([pod], { agents: { 'default/a': settled(pod) } }))
      const standIn = aHandover(idOf(pod), {
        phase: 'FailedOver',
        from: 'proxy-2',
        to: 'proxy-1',
      })
      const agents = { 'default/a': agentSays(standIn) }

      it('patches the one that was ordered, and not the one that serves', () => {
        const start = startOf(plan([done], { to: [hotProxy('proxy:3')], agents }))
        expect(start.steps[0]).to.include({
          kind: 'patch',
          from: 'proxy-1',
          to: 'proxy-2',
          minBoot: 3,
        })
      })
      it('orders the one that serves when its image is wanted', () => {
        const start = startOf(plan([done], { to: v1, agents }))
        expect(start.steps[0]).to.include({ kind: 'swap', from: 'proxy-2', to: 'proxy-1' })
      })
    })
    it('patches containers that never started and waits for nothing', () => {
      const pod = injectedPod('a', v1, { started: false, phase: 'Pending', ready: false })
      const after = carriedOut(pod, plan([pod]))
      const images = after.spec?.containers.slice(0, 2).map((one) => one.image)
      expect(images).to.deep.equal(['proxy:2', 'proxy:2'])
      expect(view(after)).to.include({ stage: 'resting' })
      expect(view(after).desired?.containers['proxy']).to.include({
        handover: 'initial',
        image: 'proxy:2',
      })
      expect(lines(plan([after]))).to.deep.equal(['a: UpToDate'])
    })
  })
})
