import { expect } from 'chai'
import type { StoredSidecarSet } from '../../api/v1beta1/kinds.ts'
import type { RolloutProgress, SidecarSetStatus } from '../../api/v1beta1/sidecarset.ts'
import { completeSet, withReason } from '../../cli/testing/cluster.ts'
import { aRevision, aSet, hotProxy } from '../../operator/testing/build.ts'
import { offersOf } from './offers.ts'
import { setRow } from './setRow.ts'
import type { Permissions } from '../wire.ts'
import { NOTHING_ALLOWED } from '../wire.ts'

const can = { ...NOTHING_ALLOWED, patchSets: true, listRevisions: true }
const latest = aRevision([hotProxy('proxy:1')]).hash

function rolling(
  progress: Partial<RolloutProgress>,
  more: SidecarSetStatus = {},
): StoredSidecarSet {
  const rollout = { revision: latest, number: 1, startedAt: '2025-01-01T00:00:00Z', ...progress }
  const updateStrategy = { canary: { steps: [{ replicas: 1, pause: {} }, { replicas: '50%' }] } }
  return withReason(
    aSet({ updateStrategy, status: { rollout, ...more } }),
    'Progressing',
    'goes on',
  )
}

describe('what is offered for a set', () => {
  const rows: Readonly<
    Record<string, readonly [set: StoredSidecarSet, offers: readonly string[]]>
  > = {
    'that is complete': [completeSet('proxy:1'), ['pause', 'rollback']],
    'in a step that waits for people': [
      rolling({ step: 1, reachedAt: '2025-01-01T00:00:00Z' }),
      ['pause', 'resume', 'promote', 'abort', 'rollback'],
    ],
    'in a step whose pods are still on their way': [
      rolling({ step: 1 }),
      ['pause', 'promote', 'abort', 'rollback'],
    ],
    'beyond its steps': [rolling({}), ['pause', 'abort', 'rollback']],
    'that failed': [rolling({}, { failedRevision: latest }), ['pause', 'retry', 'rollback']],
    'that is paused': [
      {
        ...completeSet('proxy:1'),
        spec: { ...completeSet('proxy:1').spec, updateStrategy: { paused: true } },
      },
      ['resume', 'rollback'],
    ],
  }
  for (const [what, [set, offers]] of Object.entries(rows)) {
    it(what, () => {
      expect(offersOf(set, can)).to.deep.equal(offers)
    })
  }

  it('is no rollback to who may not read revisions', () => {
    expect(offersOf(completeSet(), { listRevisions: false })).not.to.include('rollback')
  })

  it('is nothing to who may not patch it, and nothing with --read-only', () => {
    const offers = (allowed: Permissions, readOnly: boolean) =>
      setRow(completeSet(), { cluster: 'east', can: allowed, readOnly }).offers
    expect(offers(can, false)).not.to.deep.equal([])
    expect(offers({ ...can, patchSets: false }, false)).to.deep.equal([])
    expect(offers(can, true)).to.deep.equal([])
  })
})
