import { expect } from 'chai'
import { INTERCEPTION_CONDITION } from '../../../api/group.ts'
import type { Pod } from '../../../runtime/client/kinds.ts'
import { aHandover, agentSays, hotProxy, injectedPod } from '../../testing/build.ts'
import { NO_VERDICTS } from '../analysis/verdict.ts'
import type { RolloutVerdicts } from '../analysis/verdict.ts'
import { idOf, inFlight, lines, now, plan, settled, v1, v2 } from '../../testing/planning.ts'
import type { PlanOptions } from '../../testing/planning.ts'

function owned(name: string, workload: string): Pod {
  const pod = injectedPod(name, v1)
  const owner = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: workload, uid: workload }
  return {
    ...pod,
    metadata: { ...pod.metadata, ownerReferences: [{ ...owner, controller: true }] },
  }
}

/** Ready, as its app goes on without the proxy. */
function bypassed(pod: Pod): Pod {
  const condition = { type: INTERCEPTION_CONDITION, status: 'False', reason: 'Bypassed' } as const
  const conditions = [...(pod.status?.conditions ?? []), condition]
  return { ...pod, status: { ...pod.status, conditions } }
}

function background(kind: 'noData' | 'failed'): RolloutVerdicts {
  return { ...NO_VERDICTS, background: { kind, metric: 'cut', sentence: '3 connections cut' } }
}

describe('the plan of a rollout', () => {
  describe('starts pods', () => {
    const ending = inFlight('b')
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
      'while one whose proxy is bypassed since uses up maxUnavailable': {
        pods: [injectedPod('a', v1), bypassed(injectedPod('b', v2))],
        options: {},
        expected: ['b: UpToDate', 'a: MaxUnavailable'],
      },
      'in the room of one that ends now': {
        pods: [injectedPod('a', v1), ending],
        options: { agents: { 'default/b': settled(ending) } },
        expected: ['b: recordResult', 'a: startUpgrade'],
      },
      'but not while one that ends now is not ready': {
        pods: [injectedPod('a', v1), inFlight('b', { ready: false })],
        options: { agents: { 'default/b': settled(ending) } },
        expected: ['b: recordResult', 'a: MaxUnavailable'],
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
      'and keeps room for one that may be in flight without a sign of it': {
        options: { unwritable: ['default/a'], open: ['default/a'] },
        expected: ['a: WriteFailed', 'b: MaxUnavailable', 'c: MaxUnavailable'],
      },
      'in its own room when it can be written again': {
        options: { open: ['default/b'] },
        expected: ['a: MaxUnavailable', 'b: startUpgrade', 'c: MaxUnavailable'],
      },
      'nor in the place that it may have in a step': {
        options: {
          ...{ unwritable: ['default/a'], open: ['default/a'] },
          strategy: { maxUnavailable: 3, canary: { steps: [{ replicas: 1 }] } },
        },
        expected: ['a: WriteFailed', 'b: CanaryStep', 'c: CanaryStep'],
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
      'as many of each workload as maxUnavailablePerWorkload allows': {
        pods: [owned('a', 'web'), owned('b', 'web'), owned('c', 'api')],
        options: { strategy: { maxUnavailable: 3, maxUnavailablePerWorkload: '50%' } },
        expected: ['a: startUpgrade', 'b: MaxUnavailablePerWorkload', 'c: startUpgrade'],
      },
      'that are ready, and as many as the step of a canary is for': {
        pods: [injectedPod('a', v1), injectedPod('b', v1, { ready: false })],
        options: { strategy: { canary: { steps: [{ replicas: 1 }] } } },
        expected: ['a: startUpgrade', 'b: CanaryStep'],
      },
      'in a step past one that cannot be written': {
        options: { unwritable: ['default/a'], strategy: { canary: { steps: [{ replicas: 1 }] } } },
        expected: ['a: WriteFailed', 'b: startUpgrade', 'c: CanaryStep'],
      },
      'but none while an analysis of the rollout has nothing to measure': {
        options: { verdicts: background('noData') },
        expected: ['a: Analysis', 'b: Analysis', 'c: Analysis'],
      },
      'and takes them back when an analysis has failed': {
        pods: [injectedPod('a', v1), inFlight('b')],
        options: { verdicts: background('failed') },
        expected: ['a: UpToDate', 'b: swapBack'],
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

    it('says which pods are unavailable, for how long, and which line to change', () => {
      const pod = inFlight('a')
      const draining = aHandover(idOf(pod), {
        phase: 'Draining',
        connectionsLeft: 12,
        drainStartedAt: new Date(now - 6000).toISOString(),
      })
      const { decisions } = plan([pod, injectedPod('b', v1)], {
        strategy: { maxUnavailable: '10%' },
        agents: { 'default/a': agentSays(draining) },
      })
      const waiting = decisions.find((one) => one.kind === 'none' && one.view.key === 'default/b')
      expect(waiting).to.include({
        reason: 'MaxUnavailable',
        sentence:
          '0 of 1 may be unavailable: default/a is still draining 12 connections, 9 s left; ' +
          'updateStrategy.maxUnavailable: 10%',
      })
    })

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
})
