import { expect } from 'chai'
import { revisionHash, revisionTemplate } from '../../api/revision.ts'
import type { StoredSidecarSet } from '../../api/v1beta1/kinds.ts'
import type { UpdateStrategy } from '../../api/v1beta1/sidecarset.ts'
import { aSet, hotProxy, injectedPod } from '../../operator/testing/build.ts'
import type { Pod } from '../../runtime/client/kinds.ts'
import { lookAt } from '../rollout/rollout.ts'
import { completeSet } from '../testing/cluster.ts'
import { whySet } from './why.ts'
import { whyText } from './whyText.ts'

const old = [hotProxy('proxy:1')]

function aSetWith(updateStrategy: UpdateStrategy): StoredSidecarSet {
  return completeSet('proxy:2', { updateStrategy: { prefetchImages: false, ...updateStrategy } })
}

function why(set: StoredSidecarSet, pods: readonly Pod[]) {
  const facts = { revisions: [], prefetchPods: [], agents: new Map(), notes: [] }
  return whySet(lookAt({ ...facts, set, pods, now: Date.parse('2025-01-01T01:00:00Z') }))
}

const three = ['a', 'b', 'c'].map((name) => injectedPod(name, old))
const oneNotReady = [injectedPod('a', [hotProxy('proxy:2')], { ready: false }), ...three.slice(1)]

type Case = readonly [set: StoredSidecarSet, pods: readonly Pod[], rule: string, told: RegExp]
const cases: Readonly<Record<string, Case>> = {
  'paused rollouts': [
    aSetWith({ paused: true }),
    three,
    'Paused',
    /paused is true \(3 of 3 pods\)\n.*write "paused: false"\n.*baton resume mesh/,
  ],
  'sets that are never rolled out': [
    aSetWith({ type: 'NotUpdate' }),
    three,
    'NotUpdate',
    /spec\.updateStrategy\.type: write "type: RollingUpdate"/,
  ],
  'a partition that keeps every pod': [
    aSetWith({ partition: 3 }),
    three,
    'KeptByPartition',
    /partition keeps 3 pods \(3 of 3 pods\)\n.*write "partition: 0"/,
  ],
  'a selector that leaves pods out': [
    aSetWith({ selector: { matchLabels: { canary: 'yes' } } }),
    three,
    'NotSelected',
    /updateStrategy\.selector: widen it/,
  ],
  'pods that are gone': [aSetWith({}), [], 'NoPods', /no pod that exists was injected/],
  'an operator that has not looked yet': [
    { ...aSetWith({}), status: { observedGeneration: 0 } },
    three,
    'NotObserved',
    /has seen generation 0 of the set, not yet 1\n.*see whether the operator runs/,
  ],
  'a rollout in which everybody waits for a pod that is not ready': [
    aSetWith({}),
    oneNotReady,
    'MaxUnavailable',
    /0 of 1 may be unavailable: .* is upgraded and not ready; updateStrategy.maxUnavailable: 1 \(2 of 3 pods\)\n.*write "maxUnavailable: 2"/,
  ],
  'more than images': [
    completeSet('proxy:1', {
      containers: [{ ...hotProxy('proxy:1'), command: ['/other'] }],
      updateStrategy: { prefetchImages: false },
    }),
    three,
    'NotUpgradableInPlace',
    /more than images changed.*\n.*replace the pods/,
  ],
}

describe('why a rollout does not go on', () => {
  for (const [name, [set, pods, rule, told]] of Object.entries(cases)) {
    it(`names the rule, its numbers and the line to change: ${name}`, () => {
      const found = why(set, pods)
      expect(found.rule).to.equal(rule)
      expect(found.blocked).to.equal(true)
      expect(whyText(found)).to.match(told)
    })
  }

  it('blocks nothing when every pod is upgraded', () => {
    const done = why(completeSet('proxy:1'), three)
    expect(done).to.include({ blocked: false, rule: 'Complete' })
    expect(done).not.to.have.property('change')
  })

  it('blocks nothing while pods are about to start', () => {
    const found = why(aSetWith({ maxUnavailable: 2 }), three)
    expect(found).to.include({ blocked: false, rule: 'InProgress' })
    expect(found.pods.map(({ reason }) => reason).sort()).to.deep.equal([
      'MaxUnavailable',
      'Starting',
      'Starting',
    ])
  })

  it('tells of the failure that a revision is remembered for', () => {
    const set = aSet({ containers: [hotProxy('proxy:2')] })
    const hash = why(set, three).sentence
    expect(hash).to.be.a('string')
    const failed = completeSet('proxy:2', { updateStrategy: { onFailure: 'Pause' } })
    const { latest } = lookAt({
      set: failed,
      pods: [],
      revisions: [],
      prefetchPods: [],
      agents: new Map(),
      notes: [],
      now: 0,
    })
    const remembered = { ...failed, status: { ...failed.status, failedRevision: latest.hash } }
    const found = why(remembered, three)
    expect(found.rule).to.equal('RolloutStopped')
    expect(whyText(found)).to.contain('kubectl baton rollback mesh')
  })

  it('says that an analysis failed, not that no pod did', () => {
    const failed = completeSet('proxy:2')
    const hash = revisionHash(revisionTemplate(failed.spec))
    const failure = {
      reason: 'AnalysisFailed',
      message: '2 of 8 connections were cut, 1% may be',
      at: '2025-01-01T00:00:00Z',
    }
    const rollout = { revision: hash, number: 1, startedAt: failure.at, failure }
    const status = { ...failed.status, failedRevision: hash, rollout, currentRevision: 'aa' }
    const { sentence } = why({ ...failed, status }, three)
    expect(sentence).to.match(
      /^revision \w+ failed: AnalysisFailed: 2 of 8 connections were cut, 1% may be/,
    )
    expect(sentence).not.to.contain('0 pods')
  })
})
