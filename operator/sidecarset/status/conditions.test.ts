import { expect } from 'chai'
import { applyDefaults } from '../../../api/defaults/applyDefaults.ts'
import type { UpdateStrategy } from '../../../api/v1beta1/sidecarset.ts'
import { aRevision, hotProxy } from '../../testing/build.ts'
import type { StepView } from '../canary/advance.ts'
import type { StepHold } from '../canary/stepHold.ts'
import type { RolloutSummary } from '../rollout/plan.ts'
import { judgeConditions } from './conditions.ts'

const latest = aRevision([hotProxy('proxy:2')], 2)
const former = aRevision([hotProxy('proxy:1')], 1)
const now = Date.parse('2025-01-01T01:00:00Z')

const resting: RolloutSummary = {
  matched: 4,
  updated: 4,
  ready: 4,
  updatedReady: 4,
  upgrading: 0,
  failed: 0,
  waiting: 0,
  kept: 0,
  notUpgradable: [],
  stopped: false,
  target: latest,
  rollback: false,
  step: undefined,
  failure: undefined,
  imageFailure: undefined,
  lastProgress: now,
  isClockRunning: true,
  waitsFor: undefined,
  complete: true,
}
const going = { updated: 1, waiting: 2, upgrading: 1, complete: false }
const failure = { pod: 'shop/web-0', reason: 'ProxyExited', sentence: 'exit 1' }
const failed = { failed: 1, stopped: true, failure, complete: false }

const step = (hold: StepHold): StepView => ({ step: 2, of: 3, goal: 5, settled: 3, hold })

describe('conditions of a SidecarSet', () => {
  const cases: Record<
    string,
    { summary?: Partial<RolloutSummary>; strategy?: UpdateStrategy; expected: string[] }
  > = {
    'all is well': {
      expected: [
        'Progressing True RolloutCompleted',
        'Degraded False AsExpected',
        'Paused False NotPaused',
      ],
    },
    'under way': { summary: going, expected: ['Progressing True RolloutInProgress'] },
    'held by the partition': {
      summary: { kept: 3, updated: 1, complete: false },
      expected: ['Progressing True PartitionReached'],
    },
    paused: {
      summary: going,
      strategy: { paused: true },
      expected: ['Progressing Unknown RolloutPaused', 'Paused True RolloutPaused'],
    },
    'not to be updated': {
      summary: going,
      strategy: { type: 'NotUpdate' },
      expected: ['Progressing Unknown NotUpdate'],
    },
    'without progress for too long': {
      summary: { ...going, lastProgress: now - 600_001 },
      expected: ['Progressing False ProgressDeadlineExceeded'],
    },
    'without progress for long while nobody was to do anything': {
      summary: { ...going, lastProgress: now - 600_001, isClockRunning: false },
      expected: ['Progressing True RolloutInProgress'],
    },
    'an image cannot be pulled': {
      summary: { ...going, imageFailure: 'proxy:2 on node-a: no such tag' },
      expected: ['Progressing False ImagePullFailed', 'Degraded False AsExpected'],
    },
    'in the pause of a step': {
      summary: { ...going, step: step({ kind: 'time', endsAt: now + 1000 }) },
      expected: ['Progressing True CanaryStepPausing', 'Paused False NotPaused'],
    },
    'in a step that waits for people': {
      summary: { ...going, step: step({ kind: 'people', since: now, endsAt: now + 1000 }) },
      expected: ['Progressing True CanaryStepPaused', 'Paused True CanaryStepPaused'],
    },
    'in a step that waits for people for too long': {
      summary: { ...going, step: step({ kind: 'people', since: now - 5000, endsAt: now }) },
      strategy: { canary: { maxPauseSeconds: 5 } },
      expected: ['Progressing True CanaryStepPaused', 'Paused True PausedTooLong'],
    },
    'in a step whose pods are not all there': {
      summary: { ...going, step: step({ kind: 'pods' }) },
      expected: ['Progressing True CanaryStepInProgress'],
    },
    'in a step with an analysis': {
      summary: { ...going, step: step({ kind: 'analysis', sentence: '0 of 5 measured' }) },
      expected: ['Progressing True CanaryStepAnalysis'],
    },
    'failed by an analysis': {
      summary: { ...failed, failed: 0, failure: { reason: 'AnalysisFailed', sentence: '3 cut' } },
      expected: ['Progressing False UpgradeFailed', 'Degraded True UpgradeFailed'],
    },
    'stopped by a failure': {
      summary: failed,
      expected: ['Progressing False UpgradeFailed', 'Degraded True UpgradeFailed'],
    },
    'on the way back': {
      summary: { ...failed, rollback: true, target: former, waiting: 1 },
      expected: ['Progressing False UpgradeFailed', 'Degraded True RollingBack'],
    },
    back: {
      summary: { ...failed, rollback: true, target: former },
      expected: ['Progressing False UpgradeFailed', 'Degraded True RolledBack'],
    },
    'pods that only others can replace': {
      summary: { notUpgradable: ['shop/web-0'], complete: false },
      expected: ['Degraded True UpdateImmutableField'],
    },
  }
  const judged = (summary: Partial<RolloutSummary>, strategy: UpdateStrategy = {}) =>
    judgeConditions({
      set: 'mesh',
      strategy: applyDefaults({ selector: {}, updateStrategy: strategy }).updateStrategy,
      summary: { ...resting, ...summary },
      latest: latest.hash,
      injectionObstacle: undefined,
      now,
    })
  for (const [name, { summary = {}, strategy = {}, expected }] of Object.entries(cases)) {
    it(name, () => {
      const verdicts = judged(summary, strategy)
      const lines = verdicts.map(({ type, status, reason }) => `${type} ${status} ${reason}`)
      expect(lines).to.include.members([...expected, 'Available True WebhookConfigured'])
      for (const { message } of verdicts) {
        expect(message).to.match(/^\w.*\w$/)
        expect(message).not.to.match(/[.,:;]\s*[.,:;]|\b1 \w+s\b/)
      }
    })
  }

  const exited = 'proxy stays on proxy-1: The process in proxy-2 has exited with code 1, 3 times.'
  const back = {
    ...failed,
    rollback: true,
    target: former,
    failure: { ...failure, sentence: exited },
  }
  const sentences: Readonly<
    Record<string, readonly ['Progressing' | 'Degraded', Partial<RolloutSummary>, string]>
  > = {
    'one pod failed': [
      'Progressing',
      back,
      '1 pod failed, shop/web-0 with ProxyExited: proxy stays on proxy-1: The process in proxy-2 ' +
        `has exited with code 1, 3 times; pods are back at revision ${former.hash}`,
    ],
    'several pods failed': [
      'Degraded',
      { ...failed, failed: 2 },
      '2 pods failed, shop/web-0 with ProxyExited: exit 1',
    ],
    'the pods that failed are gone': [
      'Degraded',
      { ...failed, failed: 0, failure: undefined },
      `revision ${latest.hash} failed before`,
    ],
    'there is no pod': [
      'Progressing',
      { matched: 0, updated: 0 },
      `no pod is there yet; new ones get revision ${latest.hash}`,
    ],
    'there is one pod': [
      'Progressing',
      { matched: 1, updated: 1 },
      `the only pod has revision ${latest.hash}`,
    ],
    'there are several pods': ['Progressing', {}, `all 4 pods have revision ${latest.hash}`],
    'one pod is under way': [
      'Progressing',
      { matched: 1, updated: 0, upgrading: 1, complete: false },
      `revision ${latest.hash} is on 0 of 1 pod, 1 in flight, 0 waiting, 0 kept by the partition`,
    ],
    'the next one waits for a pod that drains': [
      'Progressing',
      {
        ...going,
        waitsFor:
          '0 of 2 may be unavailable: shop/web-0 is still draining 12 connections, 9 s left',
      },
      `revision ${latest.hash} is on 1 of 4 pods, 1 in flight, 2 waiting, 0 kept by the partition; ` +
        'now: 0 of 2 may be unavailable: shop/web-0 is still draining 12 connections, 9 s left',
    ],
    'one pod cannot be upgraded': [
      'Degraded',
      { notUpgradable: ['shop/web-0'], complete: false },
      '1 pod cannot be upgraded in place, only be replaced, because more than images changed: ' +
        'shop/web-0',
    ],
    'an image cannot be pulled': [
      'Progressing',
      { ...going, imageFailure: 'proxy:2 on node-a: no such tag.' },
      'no pod is touched: proxy:2 on node-a: no such tag',
    ],
  }
  for (const [name, [type, summary, expected]] of Object.entries(sentences)) {
    it(`say in a sentence that ${name}`, () => {
      expect(judged(summary).find((one) => one.type === type)?.message).to.equal(expected)
    })
  }
})
