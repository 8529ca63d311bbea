import { expect } from 'chai'
import { revisionHash, revisionTemplate } from '../../api/revision.ts'
import type { StoredSidecarSet } from '../../api/v1beta1/kinds.ts'
import { aSet } from '../../operator/testing/build.ts'
import { completeSet, withReason } from '../testing/cluster.ts'
import { judgeWait } from './judgeWait.ts'
import type { Goal } from './judgeWait.ts'

const set = aSet()
const pinned = revisionHash(revisionTemplate(set.spec))
const behind = completeSet('proxy:1', { generation: 2 })

function atStep(step: number | undefined): StoredSidecarSet {
  const going = withReason(set, 'CanaryStepInProgress', '')
  const rollout = { revision: pinned, number: 1, startedAt: '2025-01-01T00:00:00Z' }
  const status = { ...going.status, rollout }
  return { ...going, status: step === undefined ? status : { ...status, currentStep: step } }
}

type Case = readonly [set: StoredSidecarSet | undefined, goal: Goal, exit: string | undefined]
const cases: Readonly<Record<string, Case>> = {
  'goes on while pods are upgraded': [
    withReason(set, 'RolloutInProgress', ''),
    'complete',
    undefined,
  ],
  'ends well when all pods are': [completeSet(), 'complete', 'complete'],
  'does not take the status of an older spec for the present one': [
    { ...behind, status: { ...behind.status, observedGeneration: 1 } },
    'complete',
    undefined,
  ],
  'goes on before the operator has written anything': [set, 'complete', undefined],
  'fails when the rollout does': [withReason(set, 'UpgradeFailed', ''), 'complete', 'failed'],
  'fails when the pods are back': [
    withReason(set, 'UpgradeFailed', '', { degraded: 'RolledBack' }),
    'complete',
    'failed',
  ],
  'goes on while pods are brought back': [
    withReason(set, 'UpgradeFailed', '', { degraded: 'RollingBack' }),
    'complete',
    undefined,
  ],
  'fails when the deadline for progress is over': [
    withReason(set, 'ProgressDeadlineExceeded', ''),
    'complete',
    'failed',
  ],
  'goes on while an image cannot be pulled: that may heal': [
    withReason(set, 'ImagePullFailed', ''),
    'complete',
    undefined,
  ],
  'stops at a pause': [
    withReason(set, 'RolloutPaused', '', { paused: true }),
    'complete',
    'paused',
  ],
  'stops when nothing is ever upgraded': [withReason(set, 'NotUpdate', ''), 'complete', 'paused'],
  'stops at the partition': [withReason(set, 'PartitionReached', ''), 'complete', 'paused'],
  'reaches a pause that is waited for': [
    withReason(set, 'RolloutPaused', '', { paused: true }),
    'paused',
    'complete',
  ],
  'reaches the partition that is waited for': [
    withReason(set, 'PartitionReached', ''),
    'partition',
    'complete',
  ],
  'does not wait for a pause that never comes': [completeSet(), 'paused', 'failed'],
  'reaches a failure that is waited for': [
    withReason(set, 'UpgradeFailed', ''),
    'failed',
    'complete',
  ],
  'reaches a step': [atStep(2), 'step=2', 'complete'],
  'has not reached a later step': [atStep(2), 'step=3', undefined],
  'has left all steps behind': [atStep(undefined), 'step=3', 'complete'],
  'stops at a step that waits for people': [
    withReason(set, 'CanaryStepPaused', ''),
    'complete',
    'paused',
  ],
  'is superseded by another revision': [completeSet('proxy:2'), 'complete', 'superseded'],
  'is an error when the set goes': [undefined, 'complete', 'error'],
}

describe('the wait for a rollout', () => {
  for (const [name, [seen, goal, exit]] of Object.entries(cases)) {
    it(name, () => {
      expect(judgeWait({ set: seen, revision: pinned, goal })?.exit).to.equal(exit)
    })
  }
})
