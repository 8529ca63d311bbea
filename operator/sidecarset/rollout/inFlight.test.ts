import { expect } from 'chai'
import type { AgentStatus } from '../../../api/agentStatus.ts'
import type { Pod } from '../../../runtime/client/kinds.ts'
import { applyPatch } from '../../testing/applyPatch.ts'
import {
  aHandover,
  aRevision,
  agentSays,
  coldLog,
  hotProxy,
  injectedPod,
} from '../../testing/build.ts'
import {
  aborted,
  carriedOut,
  idOf,
  inFlight,
  lines,
  now,
  plan,
  settled,
  v1,
  view,
} from '../../testing/planning.ts'

describe('the plan of a rollout', () => {
  describe('ends upgrades', () => {
    const deadline = (60 + 15 + 30) * 1000
    const pod = inFlight('a')
    const result = (agent: AgentStatus | undefined, at = now): string => {
      const agents = agent === undefined ? {} : { 'default/a': agent }
      const [decision] = plan([pod], { agents, now: at }).decisions
      if (decision?.kind !== 'recordResult') return decision?.kind ?? ''
      return `${decision.result.outcome} ${decision.result.reason}: ${decision.result.sentence}`
    }

    it('D9: by the word of the agent, with its numbers', () => {
      expect(result(settled(pod))).to.equal(
        'settled : proxy serves from proxy-2 with proxy:2 after 0.62 s: 3 listeners handed over, ' +
          '12 connections drained, 0 cut.',
      )
    })
    it('with nouns in the singular where there is one', () => {
      const handover = aHandover(idOf(pod), { listeners: 1, connectionsDrained: 1 })
      expect(result(agentSays(handover))).to.contain('1 listener handed over, 1 connection drained')
    })
    it('also when the timer is over and connections are left', () => {
      const handover = aHandover(idOf(pod), {
        phase: 'Draining',
        reportedAt: '2025-01-01T00:01:20Z',
        connectionsLeft: 2,
        kernel: { ListenDrops: 1, ListenOverflows: 0 },
      })
      expect(result(agentSays(handover))).to.contain('2 left to the old process')
      expect(result(agentSays(handover))).to.contain('Kernel counters: ListenDrops +1.')
    })
    it('not while the other slot stands in for the wanted one', () => {
      const handover = aHandover(idOf(pod), { phase: 'FailedOver', to: 'proxy-1' })
      expect(result(agentSays(handover))).to.equal('none')
      expect(result(agentSays(handover), now + deadline + 60_001)).to.contain(
        'failed HandoverDeadlineExceeded',
      )
    })
    it('with more time while the agent still drains from the handover before', () => {
      const before = aHandover('initial', { phase: 'Draining', to: 'proxy-1' })
      expect(result(agentSays(before), now + deadline + 60_001)).to.equal('none')
      expect(result(agentSays(before), now + deadline + 660_001)).to.contain('failed')
    })
    it('not while the agent tells of another handover', () => {
      const first = aHandover('initial', { from: null, to: 'proxy-1' })
      expect(result(agentSays(first))).to.equal('none')
    })
    it('as failed with the reason of the agent', () => {
      expect(result(aborted(pod))).to.equal('failed ProxyExited: proxy stays on proxy-1: exit 1')
    })
    it('as failed when no agent answers, but not before the deadline', () => {
      expect(result(undefined, now + deadline)).to.equal('none')
      expect(result(undefined, now + deadline + 1)).to.contain('failed AgentUnreachable')
    })
    it('D5: as failed when an agent never comes to an end', () => {
      const waiting = agentSays(aHandover(idOf(pod), { phase: 'Waiting' }))
      expect(result(waiting, now + deadline + 1)).to.equal('none')
      expect(result(waiting, now + deadline + 60_001)).to.contain('failed HandoverDeadlineExceeded')
    })
    it('once: a recorded result is not recorded again', () => {
      const recorded = carriedOut(pod, plan([pod], { agents: { 'default/a': settled(pod) } }))
      expect(lines(plan([recorded], { agents: { 'default/a': settled(pod) } }))).to.deep.equal([
        'a: UpToDate',
      ])
    })
    it('D2: while paused as well', () => {
      const options = { strategy: { paused: true }, agents: { 'default/a': settled(pod) } }
      expect(lines(plan([pod], options))).to.deep.equal(['a: recordResult'])
    })
  })

  describe('when the spec changes in mid-flight', () => {
    it('goes back at once when the old image is wanted again', () => {
      const pod = inFlight('a')
      const result = plan([pod], { to: v1 })
      expect(lines(result)).to.deep.equal(['a: swapBack'])
      const back = carriedOut(pod, result)
      const { desired } = view(back)
      expect(desired?.containers['proxy']?.active).to.equal('proxy-1')
      // The old slot never stopped serving, so that handover is over as soon as the agent knows it.
      const stayed = aHandover(idOf(back), { from: 'proxy-1', to: 'proxy-1', listeners: 3 })
      const options = { to: v1, agents: { 'default/a': agentSays(stayed) } }
      const [decision] = plan([back], options).decisions
      if (decision?.kind !== 'recordResult') throw new Error('it is not over')
      expect(decision.result.sentence).to.equal(
        'proxy serves from proxy-1 with proxy:1 as before: nothing was handed over.',
      )
    })
    it('lets the pod arrive first when a third image is wanted', () => {
      expect(lines(plan([inFlight('a')], { to: [hotProxy('proxy:3')] }))).to.deep.equal([
        'a: InFlight',
      ])
    })
  })

  describe('while the old process of the last upgrade drains', () => {
    const pod = inFlight('a')
    const draining = agentSays(
      aHandover(idOf(pod), { phase: 'Draining', reportedAt: '2025-01-01T00:01:20Z' }),
    )
    const done = carriedOut(pod, plan([pod], { agents: { 'default/a': draining } }))
    const to = [hotProxy('proxy:3')]

    it('does not restart its slot', () => {
      const result = plan([done], { to, agents: { 'default/a': draining } })
      expect(lines(result)).to.deep.equal(['a: StillDraining'])
    })
    it('waits for an agent that does not answer, but not for ever', () => {
      expect(lines(plan([done], { to }))).to.deep.equal(['a: StillDraining'])
      expect(lines(plan([done], { to, now: now + 721_000 }))).to.deep.equal(['a: startUpgrade'])
    })
    it('goes on when it has gone', () => {
      const result = plan([done], { to, agents: { 'default/a': settled(pod) } })
      expect(lines(result)).to.deep.equal(['a: startUpgrade'])
    })
    it('does not restart it long after either, if the agent says that it drains', () => {
      const options = { to, agents: { 'default/a': draining }, now: now + 721_000 }
      expect(lines(plan([done], options))).to.deep.equal(['a: StillDraining'])
    })
    it('swaps back all the same: nothing is restarted for that', () => {
      expect(lines(plan([done], { to: v1 }))).to.deep.equal(['a: swapBack'])
    })
  })

  describe('with cold containers', () => {
    const mixed1 = [hotProxy('proxy:1'), coldLog('log:1')]
    const mixed2 = [hotProxy('proxy:2'), coldLog('log:2')]
    const restarted = (pod: Pod): Pod =>
      applyPatch(pod, {
        status: {
          containerStatuses: [
            { name: 'log', containerID: 'containerd://new', restartCount: 1, ready: true },
          ],
        },
      })

    it('D12: restarts the cold ones only after the hot ones are through', () => {
      const pod = injectedPod('a', mixed1)
      const first = carriedOut(pod, plan([pod], { to: mixed2 }))
      const image = (of: Pod, name: string): string | undefined =>
        of.spec?.containers.find((one) => one.name === name)?.image
      expect([image(first, 'proxy-2'), image(first, 'log')]).to.deep.equal(['proxy:2', 'log:1'])
      const agents = { 'default/a': settled(first) }
      const through = plan([first], { to: mixed2, agents })
      const second = carriedOut(first, through)
      // Counted now: the result of the whole upgrade tells of the cold containers alone.
      expect(through.decisions[0]).to.have.nested.property('handovers.length', 1)
      expect(image(second, 'log')).to.equal('log:2')
      expect(lines(plan([second], { to: mixed2, agents }))).to.deep.equal(['a: InFlight'])
      const third = restarted(second)
      expect(lines(plan([third], { to: mixed2, agents }))).to.deep.equal(['a: recordResult'])
    })
    it('D4: ends when the new instance is ready, whatever the app does', () => {
      const pod = injectedPod('a', [coldLog('log:1')], { ready: false })
      const to = [coldLog('log:2')]
      const started = carriedOut(pod, plan([pod], { to }))
      expect(lines(plan([started], { to }))).to.deep.equal(['a: InFlight'])
      expect(lines(plan([restarted(started)], { to }))).to.deep.equal(['a: recordResult'])
    })
    it('D2: goes on to its own revision while a third one is wanted', () => {
      const pod = injectedPod('a', mixed1)
      const first = carriedOut(pod, plan([pod], { from: mixed1, to: mixed2 }))
      const to = [hotProxy('proxy:3'), coldLog('log:3')]
      const options = { from: mixed1, to, agents: { 'default/a': settled(first) } }
      const known = [aRevision(mixed2, 2)]
      expect(lines(plan([first], { ...options, known }))).to.deep.equal(['a: startCold'])
      // Somebody has deleted it: then the pod goes back, and does not wait for ever.
      const result = plan([first], options)
      expect(lines(result)).to.deep.equal(['a: recordResult'])
      expect(result.decisions[0]).to.have.nested.property('result.reason', 'RevisionGone')
    })
    it('corrects the image in mid-flight', () => {
      const pod = injectedPod('a', [coldLog('log:1')])
      const started = carriedOut(pod, plan([pod], { to: [coldLog('log:2')] }))
      const result = plan([started], { to: [coldLog('log:1')] })
      expect(lines(result)).to.deep.equal(['a: startUpgrade'])
    })
  })
})
