import { expect } from 'chai'
import type { InjectRevision, UpdateStrategy } from '../../api/v1beta1/sidecarset.ts'
import { pod, sidecarSet } from '../inject/testing/build.ts'
import { pinnedRevision } from './pinnedRevision.ts'

const partial: InjectRevision = { revisionName: 'mesh-1', policy: 'Partial' }
const canary = { matchLabels: { track: 'canary' } }

const cases: readonly (readonly [
  string,
  InjectRevision | undefined,
  UpdateStrategy,
  number,
  'pinned' | 'latest',
])[] = [
  ['none is pinned', undefined, {}, 0, 'latest'],
  ['one is pinned', { revisionName: 'mesh-1' }, {}, 0.99, 'pinned'],
  ['the policy is Always', { ...partial, policy: 'Always' }, { partition: '0%' }, 0.99, 'pinned'],
  ['the rollout is paused', partial, { paused: true }, 0.99, 'pinned'],
  ['the selector leaves the pod out', partial, { selector: canary }, 0.99, 'pinned'],
  ['the draw is within the partition', partial, { partition: '30%' }, 0.29, 'pinned'],
  ['the draw is outside the partition', partial, { partition: '30%' }, 0.3, 'latest'],
  ['the partition keeps all', partial, { partition: '100%' }, 0.999, 'pinned'],
  ['the partition is a number', partial, { partition: 5 }, 0, 'latest'],
  ['there is no partition', partial, {}, 0, 'latest'],
]

describe('a new pod gets the pinned revision or the latest', () => {
  for (const [name, revision, updateStrategy, chance, expected] of cases) {
    it(`the ${expected} one when ${name}`, () => {
      const set = sidecarSet({
        updateStrategy,
        injectionStrategy: revision === undefined ? {} : { revision },
      })
      const pinned = pinnedRevision(set, pod(), chance)
      expect(pinned).to.equal(expected === 'pinned' ? revision : undefined)
    })
  }

  it('the latest one when the selector selects it and no partition keeps it', () => {
    const set = sidecarSet({
      updateStrategy: { selector: canary },
      injectionStrategy: { revision: partial },
    })
    const selected = pod({}, { labels: { app: 'shop', track: 'canary' } })
    expect(pinnedRevision(set, selected, 0)).to.equal(undefined)
  })
})
