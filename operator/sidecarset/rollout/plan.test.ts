import { expect } from 'chai'
import { applyDefaults } from '../../../api/defaults/applyDefaults.ts'
import type { AgentStatus } from '../../../api/agentStatus.ts'
import type { SidecarContainer, UpdateStrategy } from '../../../api/v1beta1/sidecarset.ts'
import type { Pod } from '../../../runtime/client/kinds.ts'
import {
  aHandover,
  aRevision,
  aSet,
  agentSays,
  coldLog,
  hotProxy,
  injectedPod,
} from '../../testing/build.ts'
import { applyPatch } from '../../testing/applyPatch.ts'
import { revertPatch } from '../write/revertPatch.ts'
import { resultPatch } from '../write/resultPatch.ts'
import { coldWrite, upgradeWrite } from '../write/upgradePatch.ts'
import type { Decision } from './decision.ts'
import { planRollout } from './plan.ts'
import type { RolloutInput, RolloutPlan } from './plan.ts'
import { viewPod } from './podView.ts'
import type { PodView } from './podView.ts'
import type { ImageState } from './starts.ts'

const now = Date.parse('2025-01-01T01:00:00Z')
const v1 = [hotProxy('proxy:1')]
const v2 = [hotProxy('proxy:2')]

interface PlanOptions {
  readonly to?: readonly SidecarContainer[]
  readonly strategy?: UpdateStrategy
  readonly agents?: Readonly<Record<string, AgentStatus>>
  readonly images?: (node: string, image: string) => ImageState
  readonly unwritable?: readonly string[]
  readonly now?: number
  readonly failedRevision?: string
}

function plan(pods: readonly Pod[], options: PlanOptions = {}): RolloutPlan {
  const containers = options.to ?? v2
  const set = aSet({ containers, updateStrategy: options.strategy ?? {} })
  const input: RolloutInput = {
    set: {
      name: 'mesh',
      strategy: applyDefaults(set.spec).updateStrategy,
      failedRevision: options.failedRevision,
    },
    revisions: { latest: aRevision(containers, 2), current: aRevision(v1, 1) },
    pods,
    agents: new Map(Object.entries(options.agents ?? {})),
    imageState: options.images ?? (() => ({ kind: 'present' })),
    unwritable: new Set(options.unwritable),
    now: options.now ?? now,
  }
  return planRollout(input)
}

/** `name: kind` or `name: reason`, in the plan's order. */
function lines(result: RolloutPlan): string[] {
  return result.decisions.map((one) => {
    const what = one.kind === 'none' ? one.reason : one.kind
    return `${one.view.pod.metadata.name}: ${what}`
  })
}

function startOf(result: RolloutPlan): Extract<Decision, { kind: 'startUpgrade' | 'swapBack' }> {
  const found = result.decisions.find(
    (one) => one.kind === 'startUpgrade' || one.kind === 'swapBack',
  )
  if (found?.kind !== 'startUpgrade' && found?.kind !== 'swapBack') throw new Error('none starts')
  return found
}

/** The pod after the operator's write for what the plan decides about it. */
function carriedOut(pod: Pod, result: RolloutPlan, at = now): Pod {
  const decision = result.decisions.find((one) => one.view.pod.metadata.name === pod.metadata.name)
  switch (decision?.kind) {
    case 'startUpgrade':
    case 'swapBack': {
      const write = upgradeWrite({ ...decision, set: 'mesh', now: at })
      return applyPatch(pod, write.patch)
    }
    case 'startCold':
      return applyPatch(pod, coldWrite({ ...decision, set: 'mesh', now: at }).patch)
    case 'recordResult':
      return applyPatch(pod, resultPatch(decision.view, 'mesh', decision.result, at))
    case 'revertFailed':
      return applyPatch(pod, revertPatch({ ...decision, set: 'mesh', now: at }))
    case 'none':
    case undefined:
      throw new Error(`nothing is decided about ${pod.metadata.name}`)
  }
}

function view(pod: Pod): PodView {
  const found = viewPod(pod, 'mesh')
  if (found === undefined) throw new Error('not injected')
  return found
}

function inFlight(name: string, options: Parameters<typeof injectedPod>[2] = {}): Pod {
  const pod = injectedPod(name, v1, options)
  return carriedOut(pod, plan([pod]))
}

const idOf = (pod: Pod): string => view(pod).state?.id ?? ''
const aborted = (pod: Pod): AgentStatus =>
  agentSays(aHandover(idOf(pod), { phase: 'Aborted', reason: 'ProxyExited', message: 'exit 1' }))
const settled = (pod: Pod): AgentStatus => agentSays(aHandover(idOf(pod)))

function failedAndReverted(name: string): Pod {
  const pod = inFlight(name)
  const recorded = carriedOut(pod, plan([pod], { agents: { [`default/${name}`]: aborted(pod) } }))
  return carriedOut(recorded, plan([recorded]))
}

describe('planRollout', () => {
  describe('starts pods', () => {
    const three = ['a', 'b', 'c'].map((name) => injectedPod(name, v1))
    const cases: Record<string, { pods?: Pod[]; options: PlanOptions; expected: string[] }> = {
      'one at a time by default': {
        options: {},
        expected: ['a: startUpgrade', 'b: MaxUnavailable', 'c: MaxUnavailable'],
      },
      'as many as maxUnavailable allows, percentages rounded up': {
        options: { strategy: { maxUnavailable: '34%' } },
        expected: ['a: startUpgrade', 'b: startUpgrade', 'c: MaxUnavailable'],
      },
      'but none while paused': {
        options: { strategy: { paused: true } },
        expected: ['a: Paused', 'b: Paused', 'c: Paused'],
      },
      'but none with NotUpdate': {
        options: { strategy: { type: 'NotUpdate' } },
        expected: ['a: NotUpdate', 'b: NotUpdate', 'c: NotUpdate'],
      },
      'but not those a partition keeps': {
        options: { strategy: { partition: 2, maxUnavailable: 3 } },
        expected: ['b: KeptByPartition', 'c: KeptByPartition', 'a: startUpgrade'],
      },
      'at least one of several while the partition is below 100 %': {
        options: { strategy: { partition: '99%', maxUnavailable: 3 } },
        expected: ['b: KeptByPartition', 'c: KeptByPartition', 'a: startUpgrade'],
      },
      'none with a partition of 100 %': {
        options: { strategy: { partition: '100%' } },
        expected: ['a: KeptByPartition', 'b: KeptByPartition', 'c: KeptByPartition'],
      },
      'of the strategy selector only': {
        pods: [injectedPod('a', v1), injectedPod('b', v1, { labels: { canary: 'yes' } })],
        options: { strategy: { selector: { matchLabels: { canary: 'yes' } } } },
        expected: ['a: NotSelected', 'b: startUpgrade'],
      },
      'that are not ready first, and beyond maxUnavailable': {
        pods: [injectedPod('a', v1), injectedPod('b', v1, { ready: false })],
        options: {},
        expected: ['b: startUpgrade', 'a: startUpgrade'],
      },
      'while one in flight uses up maxUnavailable': {
        pods: [injectedPod('a', v1), inFlight('b')],
        options: {},
        expected: ['b: InFlight', 'a: MaxUnavailable'],
      },
      'while one that came back not ready uses up maxUnavailable': {
        pods: [injectedPod('a', v1), injectedPod('b', v2, { ready: false })],
        options: {},
        expected: ['b: UpToDate', 'a: MaxUnavailable'],
      },
      'except those that are over or have another set': {
        pods: [
          injectedPod('a', v1, { deleted: true }),
          injectedPod('b', v1, { phase: 'Succeeded' }),
          injectedPod('c', v1, { annotations: { 'baton.dev/sidecarset-hash': '{}' } }),
        ],
        options: {},
        expected: [],
      },
      'except those in which more than images would change': {
        options: { to: [{ ...hotProxy('proxy:2'), env: [{ name: 'NEW', value: '1' }] }] },
        expected: ['a: NotUpgradableInPlace', 'b: NotUpgradableInPlace', 'c: NotUpgradableInPlace'],
      },
      'past one that cannot be written': {
        options: { unwritable: ['default/a'] },
        expected: ['a: WriteFailed', 'b: startUpgrade', 'c: MaxUnavailable'],
      },
      'only on nodes that have the image': {
        pods: [injectedPod('a', v1), injectedPod('b', v1, { node: 'node-b' })],
        options: {
          images: (node) => ({ kind: node === 'node-b' ? 'present' : 'pulling' }),
        },
        expected: ['a: ImagePulling', 'b: startUpgrade'],
      },
      'nowhere when one node cannot pull': {
        pods: [injectedPod('a', v1), injectedPod('b', v1, { node: 'node-b' })],
        options: {
          images: (node) =>
            node === 'node-b' ? { kind: 'present' } : { kind: 'failed', message: 'no such tag' },
        },
        expected: ['a: ImagePullFailed', 'b: ImagePullFailed'],
      },
      'without asking for images when prefetching is off': {
        pods: [injectedPod('a', v1)],
        options: { strategy: { prefetchImages: false }, images: () => ({ kind: 'pulling' }) },
        expected: ['a: startUpgrade'],
      },
    }
    for (const [name, { pods = three, options, expected }] of Object.entries(cases)) {
      it(name, () => {
        expect(lines(plan(pods, options))).to.deep.equal(expected)
      })
    }

    it('asks for the images of the next nodes, once each', () => {
      const pods = ['a', 'b', 'c'].map((name) =>
        injectedPod(name, v1, { node: name === 'c' ? 'node-c' : 'node-a' }),
      )
      const result = plan(pods, { images: () => ({ kind: 'pulling' }) })
      expect(result.wantedImages).to.deep.equal([
        { node: 'node-a', image: 'proxy:2' },
        { node: 'node-c', image: 'proxy:2' },
      ])
    })
  })

  describe('ends upgrades', () => {
    const deadline = (60 + 15 + 30) * 1000
    const pod = inFlight('a')
    const result = (agent: AgentStatus | undefined, at = now): string => {
      const agents = agent === undefined ? {} : { 'default/a': agent }
      const [decision] = plan([pod], { agents, now: at }).decisions
      if (decision?.kind !== 'recordResult') return decision?.kind ?? ''
      return `${decision.result.outcome} ${decision.result.reason}: ${decision.result.sentence}`
    }

    it('by the word of the agent, with its numbers', () => {
      expect(result(settled(pod))).to.equal(
        'settled : proxy serves from proxy-2 with proxy:2 after 0.62 s: 3 listeners handed over, ' +
          '12 connections drained, 0 cut.',
      )
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
    it('as failed when an agent never comes to an end', () => {
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
    it('while paused as well', () => {
      const options = { strategy: { paused: true }, agents: { 'default/a': settled(pod) } }
      expect(lines(plan([pod], options))).to.deep.equal(['a: recordResult'])
    })
  })

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
      expect(lines(plan([back], options))).to.deep.equal(['a: recordResult'])
    })
    it('lets the pod arrive first when a third image is wanted', () => {
      expect(lines(plan([inFlight('a')], { to: [hotProxy('proxy:3')] }))).to.deep.equal([
        'a: InFlight',
      ])
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

    it('restarts the cold ones only after the hot ones are through', () => {
      const pod = injectedPod('a', mixed1)
      const first = carriedOut(pod, plan([pod], { to: mixed2 }))
      const image = (of: Pod, name: string): string | undefined =>
        of.spec?.containers.find((one) => one.name === name)?.image
      expect([image(first, 'proxy-2'), image(first, 'log')]).to.deep.equal(['proxy:2', 'log:1'])
      const agents = { 'default/a': settled(first) }
      const second = carriedOut(first, plan([first], { to: mixed2, agents }))
      expect(image(second, 'log')).to.equal('log:2')
      expect(lines(plan([second], { to: mixed2, agents }))).to.deep.equal(['a: InFlight'])
      const third = restarted(second)
      expect(lines(plan([third], { to: mixed2, agents }))).to.deep.equal(['a: recordResult'])
    })
    it('ends when the new instance is ready, whatever the app does', () => {
      const pod = injectedPod('a', [coldLog('log:1')], { ready: false })
      const to = [coldLog('log:2')]
      const started = carriedOut(pod, plan([pod], { to }))
      expect(lines(plan([started], { to }))).to.deep.equal(['a: InFlight'])
      expect(lines(plan([restarted(started)], { to }))).to.deep.equal(['a: recordResult'])
    })
    it('corrects the image in mid-flight', () => {
      const pod = injectedPod('a', [coldLog('log:1')])
      const started = carriedOut(pod, plan([pod], { to: [coldLog('log:2')] }))
      const result = plan([started], { to: [coldLog('log:1')] })
      expect(lines(result)).to.deep.equal(['a: startUpgrade'])
    })
  })
})
